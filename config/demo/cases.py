"""The cases of the demonstration: ``python -m config.demo.cases`` in the environment of a stack, as its owner.

Reads ``{ring's name in the plan: "R-…"}`` from standard input. From the largest ring a case waits for a lead. Of two others
the fully staffed bank takes the lead: in one the parties are at work (tasks, parts, an offer to be named), the other was
handed over, and an authority has filed it; both belong to a campaign. Every step is the domain's own, by the people who may take it; prints
``{"waiting": "CASE-…", "joint": "CASE-…", "reported": "CASE-…"}``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import django

from config.demo import authorities
from config.demo.console import ALLIANCE, FULLY_STAFFED

WAITING, JOINT, REPORTED = "ring/false-police", "ring/surrender-agents", "ring/debt-bearers"
RINGS = {"waiting": WAITING, "joint": JOINT, "reported": REPORTED}
OFFERS = "pine-insurance"
WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Part:
    """What an institution writes of a case; amounts in yuan."""

    institution: str
    facts: str
    amount_claimed: str
    amount_lost: str
    victims: str
    persons: str


SURRENDERS = (
    Part(
        "river-bank",
        "同一批人员以“代理退保”名义联系客户，要求交出账户和密码；四个账户的资金在一小时内转出。",
        "860000.00", "412000.00", "17", "6",
    ),
    Part(
        "pine-insurance",
        "二十余份保单在三个月内由同一联系人提出全额退保，投诉材料的文字完全一致。",
        "1350000.00", "275000.00", "23", "4",
    ),
)  # fmt: skip
LOANS = (
    Part(
        "river-bank",
        "五名借款人由同一中介陪同办理，收入证明出自同一模板；放款当日资金转入同一账户。",
        "1100000.00", "640000.00", "5", "7",
    ),
    Part(
        "river-finance",
        "六笔消费贷款的收货地址相同，商品随即转卖；借款人称由他人承诺代为还款。",
        "486000.00", "386000.00", "6", "3",
    ),
    Part(
        "lamp-lending",
        "三名借款人的工作单位电话无人接听，首期即逾期，联系人互相担保。",
        "210000.00", "210000.00", "3", "2",
    ),
)  # fmt: skip


class People:
    """The demonstration's people by user name, as the domain knows them."""

    def desk(self, number: int) -> Any:
        from members.models import User

        return User.objects.get(username=ALLIANCE[number][0])

    def of(self, role: str, institution: str) -> Any:
        from members.models import User
        from members.queries import person_of

        return person_of(User.objects.select_related("institution").get(username=f"{role}.{institution}"))


def run(rings: Mapping[str, str]) -> dict[str, str]:
    """Do as the docstring says."""
    people = People()
    cases = {name: _open(rings[planted], people) for name, planted in RINGS.items()}
    lead = people.of("analyst", FULLY_STAFFED)
    for name in ("joint", "reported"):
        _until_known(cases[name], lead)
        for action in ("claim", "join-up"):
            _step(cases[name], action, lead)
    _work_together(cases["joint"], people)
    _hand_over(cases["reported"], people)
    authorities.act_together(cases, people.desk(0))
    authorities.ask_the_alliance(cases["reported"], people.desk(0), people.desk(1))
    return cases


def _step(case: str, action: str, by: Any, note: str = "", **given: Any) -> None:
    from django.utils import timezone

    from clues.cases.transition import perform

    perform(case=case, action=action, by=by, now=timezone.now(), note=note, **given)


def _open(ring: str, people: People) -> str:
    """Promote a ring by two people, open a case from it and take it up."""
    from django.utils import timezone

    from clues.cases.opening import open_case
    from clues.rings import review

    operator, approver = people.desk(0), people.desk(1)
    for action, person in (("propose", operator), ("confirm", approver)):
        review.move(ring=ring, action=action, by=person, now=timezone.now(), note="演示：多家机构的同一批人员。")
    case = open_case(ring=ring, by=operator, now=timezone.now()).ref
    _step(case, "triage", operator)
    return case


def _until_known(case: str, viewer: Any) -> None:
    """Wait for the tick at which the case's parties know of it."""
    from clues.cases.queries import get_case
    from clues.cases.transition import CaseNotFound

    limit = time.monotonic() + WITHIN_S
    while True:
        try:
            get_case(case=case, viewer=viewer)
        except CaseNotFound:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)
        else:
            return


def _work_together(case: str, people: People) -> None:
    """Tasks of the lead, a part that is approved and one that waits for it, and an offer to be named."""
    from django.utils import timezone

    from clues.cases import naming, tasks

    lead, approver = people.of("analyst", FULLY_STAFFED), people.of("approver", OFFERS)
    parties = naming.list_parties(case=case, viewer=lead)
    (ours,) = [party.party for party in parties if party.is_own]
    (theirs,) = [party.party for party in naming.list_parties(case=case, viewer=approver) if party.is_own]
    for party, kind, note in (
        (theirs, "confirm-amounts", "请核实近三个月退保金额。"),
        (ours, "check-dispositions", "核查四个账户的限制措施是否到期。"),
    ):
        asked = {"party": party, "kind": kind, "note": note}
        tasks.give(case=case, request=asked, by=lead, now=timezone.now())
    for part in SURRENDERS:
        _write_part(case, people, part, approved=part.institution == OFFERS)
    contact = "反欺诈中心 010-66001234"
    naming.offer(case=case, party=ours, contact=contact, by=approver, now=timezone.now())


def _write_part(case: str, people: People, part: Part, *, approved: bool) -> None:
    """Let the institution's analyst write its part with all its clues of the ring, and its approver approve it."""
    from django.utils import timezone

    from clues.cases import part_clues, parts
    from clues.cases.queries import get_case

    writer, approver = (people.of(role, part.institution) for role in ("analyst", "approver"))
    own = part_clues.list_possible(get_case(case=case, viewer=writer).id, viewer=writer)
    request: dict[str, Any] = asdict(part) | {"clues": [clue.client_ref for clue in own]}
    del request["institution"]
    row = parts.edit(case=case, request=request, version=1, by=writer, now=timezone.now())
    row = parts.mark_ready(case=case, version=row.version, by=writer)
    if approved:
        parts.approve(case=case, version=row.version, by=approver, now=timezone.now())


def _release_package(case: str, operator: Any, approver: Any) -> None:
    """Ask for the report package, wait until a worker has made it, and let a second person release it."""
    from django.utils import timezone

    from clues.models import Package
    from clues.packages import asking, release
    from members.operations import approvals

    package = asking.ask(
        case=case, receiver="public-security", unit="演示市公安局经济犯罪侦查支队", by=operator, now=timezone.now()
    )
    _until(lambda: Package.objects.get(pk=package.pk).state not in asking.IN_THE_MAKING)
    proposed = release.propose(package=package.ref, reason="演示：移交办案单位。", by=operator, now=timezone.now())
    approvals.approve(approval_id=proposed.pk, version=proposed.version, by=approver, now=timezone.now())
    _until(lambda: Package.objects.filter(pk=package.pk, released_at__lte=timezone.now()).exists())


def _until(is_done: Callable[[], bool]) -> None:
    """Wait for what others do."""
    limit = time.monotonic() + WITHIN_S
    while not is_done():
        if time.monotonic() > limit:
            raise TimeoutError("the worker or the tick did not come in time")
        time.sleep(0.05)


def _hand_over(case: str, people: People) -> None:
    """Every part approved, the case approved and reported out; the police accept and file it, and a court hears of it."""
    from django.utils import timezone

    from clues.procedures.lead import record_as_lead
    from clues.procedures.record import record
    from members.models import reference

    operator, approver, lead = people.desk(0), people.desk(1), people.of("analyst", FULLY_STAFFED)
    for part in LOANS:
        _write_part(case, people, part, approved=True)
    today = timezone.localdate().isoformat()
    _step(case, "ready", lead)
    _step(case, "propose", operator)
    _step(case, "approve", approver)
    _release_package(case, operator, approver)
    _step(case, "ask-report", operator, receiver="public-security")
    _step(case, "report", approver, reported_on=today)
    said: dict[str, object] = {"authority": "police-economic-crime", "date": today, "province": "CN-33"}
    states: tuple[dict[str, object], ...] = (
        {"track": "police-criminal", "state": "submitted"},
        {"state": "accepted", "document_no": "演示受〔2026〕11号"},
        {"state": "filed", "document_no": "演示立〔2026〕12号", "gangs": 1, "amount_lost_cny": "1236000.00"},
    )
    for state in states:
        entry = record(case=case, request=said | state, by=operator, now=timezone.now())
        said["proceeding"] = reference.encode("P", entry.proceeding_id)
    held = {"state": "coercive-measures", "document_no": "演示拘〔2026〕13号", "persons": 5}
    record_as_lead(case=case, request=said | held, by=lead, now=timezone.now())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(json.load(sys.stdin))) + "\n")
