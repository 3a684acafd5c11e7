"""What the demonstration does together with authorities: a campaign that the cases belong to, and official requests.

One request, about the case that was handed over, is with its parties; another one waits at the desk, out of scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

CAMPAIGN = {
    "title": "打击职业背债和代理退保专项行动",
    "about": "联盟与公安、监管部门共同打击组织他人背债和代理退保的团伙；每两周通报一次进展。",
    "categories": ["professional-debt-bearing", "illegal-surrender-agency", "loan-broker-fraud"],
    "regions": ["CN-31", "CN-32", "CN-33"],
    "lead_unit": "police-economic-crime",
    "units": ["nfra-branch"],
}
TARGETS = {"cases-filed": "10", "persons-coercive": "40", "amount-lost": "20000000.00"}

DOCUMENT = b"%PDF-1.4\n% demonstration\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
OFFICERS = [{"name": "演示警官甲", "card_no": "D-0001"}, {"name": "演示警官乙", "card_no": "D-0002"}]
ASKED = {
    "kind": "evidence",
    "authority": "police-economic-crime",
    "unit": "演示市公安局经侦支队",
    "document_no": "演示调证〔2026〕21号",
    "basis": "police-notice",
    "items": ["case-facts", "clue-records", "evidence-items", "identifiers"],
    "question": "请提供该背债团伙的专案事实、线索记录、证据材料和涉案标识。",
    "subjects": 5,
    "officers": OFFICERS,
}
BEYOND = {
    "kind": "assistance",
    "authority": "nfra-branch",
    "unit": "演示监管分局",
    "document_no": "演示协查〔2026〕7号",
    "basis": "banking-supervision",
    "items": ["case-facts", "account-transactions", "bulk-data"],
    "question": "请提供辖内机构全部相关数据和交易流水。",
    "subjects": 0,
    "officers": OFFICERS,
}


def act_together(cases: Mapping[str, str], operator: Any) -> str:
    """Plan and start the campaign with two of the demonstration's cases in it; return its reference."""
    from django.utils import timezone

    from clues.campaigns import binding, planning, workflow

    now = timezone.now()
    day = timezone.localdate(now)
    days = {"starts_on": day - timedelta(days=45), "ends_on": day + timedelta(days=45)}
    campaign = planning.plan(request=CAMPAIGN | days, by=operator, now=now).ref
    for counter, value in TARGETS.items():
        planning.set_target(campaign=campaign, counter=counter, value=value, by=operator, now=now)
    for name in ("joint", "reported"):
        binding.bind(campaign=campaign, case=cases[name], by=operator, now=now)
    planning.move(campaign=campaign, action=workflow.START, by=operator, now=now)
    return campaign


def ask_the_alliance(case: str, operator: Any, approver: Any) -> str:
    """Register both requests and let the first go to the parties of a case; return its reference."""
    from django.utils import timezone

    from clues.official_requests import deciding, registering

    now = timezone.now()
    day = timezone.localdate(now)
    dates = {"document_date": day - timedelta(days=1), "received_on": day}
    period = {"from_date": day - timedelta(days=300), "until_date": day}
    for asked in (BEYOND | dates, ASKED | dates | period | {"case": case}):
        made = registering.register(
            request=asked, document=DOCUMENT, file_name="文书.pdf", by=operator, now=timezone.now()
        )
    for position, way in ((1, "called-back"), (2, "in-person")):
        registering.verify_officer(request=made.ref, position=position, way=way, by=operator, now=timezone.now())
    receivers = [each.ref for each in deciding.list_receivers(made)]
    deciding.propose(request=made.ref, institutions=receivers, by=operator, now=timezone.now())
    deciding.approve(request=made.ref, by=approver, now=timezone.now())
    return str(made.ref)
