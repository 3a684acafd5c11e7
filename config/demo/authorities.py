"""What the demonstration does together with authorities: a campaign that the cases belong to."""

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
