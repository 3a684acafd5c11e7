"""Let an official request through by two people, or not: propose whom it goes to, approve, return, turn down, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import official_kinds, official_refusals
from aif_share.vocabulary.official_refusals import OUT_OF_SCOPE
from clues import events
from clues.events import telling
from clues.matching.release import next_tick
from clues.models import CaseParty, OfficialParty, OfficialRequest
from clues.notes import checked_note
from clues.working_days import ZONE, end_of_working_day
from members.models import Institution, User, reference
from members.permissions import check

from . import scope, workflow
from .registering import StepNotOpen, locked, record, write_step


@transaction.atomic
def propose(*, request: str, institutions: Sequence[str], by: User, now: datetime) -> OfficialRequest:
    """Propose that the request goes to these institutions (`I-…`). Raise Refusal.

    Over a case they are parties of it. `transition-refused` with `findings` where something is out of scope.
    """
    found, row = open_request(request, workflow.PROPOSE, by)
    numbers = _receivers(found, institutions)
    found.parties.all().delete()
    OfficialParty.objects.bulk_create(OfficialParty(request=found, institution_id=number) for number in numbers)
    found.proposed_by, found.proposed_at = by, now
    _move(found, row, by=by, now=now, fields=("proposed_by", "proposed_at"), institutions=len(numbers))
    return found


@transaction.atomic
def approve(*, request: str, by: User, now: datetime) -> OfficialRequest:
    """Approve what somebody else proposed: from the next tick on the institutions see it, and are told. Raise Refusal."""
    found, row = open_request(request, workflow.APPROVE, by)
    released = next_tick()
    due = _due_at(found, now)
    found.parties.update(state=OfficialParty.ASKED, due_at=due)
    found.decided_by, found.decided_at, found.released_at = by, now, released
    _move(found, row, by=by, now=now, fields=("decided_by", "decided_at", "released_at"))
    tell(found, events.OFFICIAL_ASKED, found.parties.values_list("institution_id", flat=True), now=now)
    return found


@transaction.atomic
def give_back(*, request: str, reason: str, by: User, now: datetime) -> OfficialRequest:
    """Return a proposal with a reason: it is worked on again, and approved by somebody else than who proposes anew."""
    found, row = open_request(request, workflow.RETURN, by)
    note = checked_note(reason, required=True)
    found.parties.all().delete()
    found.proposed_by, found.proposed_at = None, None
    _move(found, row, by=by, now=now, fields=("proposed_by", "proposed_at"), text=note)
    return found


@transaction.atomic
def refuse(*, request: str, code: str, note: str, by: User, now: datetime) -> OfficialRequest:
    """Turn a request down before any member sees it; `code` is one of `official-refusals`. Raise Refusal.

    `out-of-scope` needs a finding of the scope check, and the trail keeps which.
    """
    found, row = open_request(request, workflow.REFUSE, by)
    if code not in official_refusals.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="code")
    findings = scope.check(scope.asked_of(found))
    if code == OUT_OF_SCOPE and not findings:
        raise Refusal(
            "field-invalid", gettext_noop("Nothing of it is out of scope; give the real reason."), field="code"
        )
    text = checked_note(note, required=False)
    found.parties.all().delete()
    found.proposed_by, found.proposed_at = None, None
    found.refusal, found.over_at = code, now
    _move(found, row, by=by, now=now, fields=("refusal", "over_at", "proposed_by", "proposed_at"), code=code, text=text,
          findings=named(findings))  # fmt: skip
    return found


@transaction.atomic
def withdraw(*, request: str, reason: str, by: User, now: datetime) -> OfficialRequest:
    """Record that the authority took its request back; members that saw it are told. Raise Refusal."""
    found, row = open_request(request, workflow.WITHDRAW, by)
    note = checked_note(reason, required=True)
    was_seen = found.state == OfficialRequest.ROUTED
    if not was_seen:
        found.parties.all().delete()
    found.over_at = now
    _move(found, row, by=by, now=now, fields=("over_at",), text=note)
    if was_seen:
        end_parties(found, now=now)
        tell(found, events.OFFICIAL_WITHDRAWN, found.parties.values_list("institution_id", flat=True), now=now)
    return found


def end_parties(request: OfficialRequest, *, now: datetime) -> None:
    """Let nobody be waited for any more."""
    request.parties.filter(state__in=workflow.OPEN_AT_MEMBERS).update(state=OfficialParty.ENDED, over_at=now)


def tell(request: OfficialRequest, kind: str, institutions: Iterable[int], *, now: datetime) -> None:
    """Write one event for each institution."""
    telling.tell("OR", request.pk, [(number, kind) for number in sorted(institutions)], now=now)


def list_receivers(request: OfficialRequest) -> list[Institution]:
    """Return whom a request may go to, by name: the parties of its case, or whoever is at work. For the desk."""
    rows = Institution.objects.at_work()
    if request.case_id is not None:
        parties = CaseParty.objects.filter(case_id=request.case_id)
        rows = rows.filter(pk__in=parties.values("institution_id"))
    return list(rows.order_by("name", "pk"))


def named(findings: Iterable[scope.Finding]) -> list[str]:
    """Return findings as the trail keeps them: code, and item where one is meant."""
    return [f"{each.code}:{each.item}" if each.item else each.code for each in findings]


def open_request(request: str, action: str, by: User) -> tuple[OfficialRequest, workflow.Transition]:
    """Return the locked request with the row of the table that this person may go along. Raise Refusal."""
    found = locked(request)
    rows = [row for row in workflow.TRANSITIONS if row.action == action and found.state in row.sources]
    check(by, (rows or [row for row in workflow.TRANSITIONS if row.action == action])[0].by)
    row, why = workflow.find(action, request=found)
    if row is None:
        findings = scope.check(scope.asked_of(found)) if rows and rows[0].needs else []
        raise StepNotOpen(why, **({"findings": named(findings)} if findings else {}))
    if row.four_eyes and by.pk in (found.proposed_by_id, found.registered_by_id):
        raise Refusal("four-eyes", gettext_noop("You registered or proposed this; a second person has to decide it."))
    return found, row


def _move(
    request: OfficialRequest,
    row: workflow.Transition,
    *,
    by: User,
    now: datetime,
    fields: Sequence[str],
    code: str = "",
    text: str = "",
    **detail: object,
) -> None:
    before, request.state = request.state, row.target
    request.save(update_fields=["state", *fields])
    write_step(request, row.action, by=by, now=now, code=code, text=text)
    said = {name: value for name, value in ({"code": code} | detail).items() if value}
    record(row.verb, request, by=by, **({"from": before, "to": row.target} | said))


def _receivers(request: OfficialRequest, institutions: Sequence[str]) -> list[int]:
    allowed = {row.pk for row in list_receivers(request)}
    numbers = sorted({reference.decode("I", each) or 0 for each in institutions})
    if not numbers or not set(numbers) <= allowed:
        raise Refusal(
            "field-invalid",
            gettext_noop("Choose institutions that are at work; over a case, parties of it."),
            field="institutions",
        )
    return numbers


def _due_at(request: OfficialRequest, now: datetime) -> datetime:
    """Members have the working days of the kind, and never longer than the alliance itself; one day at least."""
    usual = end_of_working_day(now, days=official_kinds.BY_CODE[request.kind].member_days)
    last = datetime.combine(request.due_on + timedelta(days=1), time(), tzinfo=ZONE)
    return max(min(usual, last), now + timedelta(days=1))
