"""The part that each party writes of a case: a draft of its own until its own second person approves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.cases import joint, part_clues
from clues.cases.queries import get_case
from clues.days import read_day
from clues.matching.release import next_tick
from clues.models import CasePart, CaseParty
from clues.notes import checked_note, checked_text
from clues.submissions.rows import names_of
from clues.working_days import ZONE
from members import audit
from members.permissions import Permission, check
from members.queries import Member, Person

MAX_FACTS: Final = 4000
MAX_COUNT: Final = 1_000_000
_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,2})?")


class PartChanged(Refusal):
    """Somebody wrote on the part since it was read: in another tab, maybe."""

    def __init__(self) -> None:
        super().__init__("version-changed", gettext_noop("Somebody changed this part meanwhile. Read it again."))


class SecondPersonNeeded(Refusal):
    """Whoever wrote the part first, or last, does not approve it."""

    def __init__(self) -> None:
        super().__init__("four-eyes", gettext_noop("You wrote this part; a second person of your institution decides."))


def _amount(value: Any, field: str) -> Decimal | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or _AMOUNT.fullmatch(value) is None:
        raise Refusal(
            "amount-invalid", gettext_noop("An amount is a number of yuan, 0 or more, with two decimals at most."),
            field=field,
        )  # fmt: skip
    return Decimal(value)


def _count(value: Any, field: str) -> int | None:
    if value is None or value == "":
        return None
    number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,7}", value) else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_COUNT:
        raise Refusal("field-invalid", gettext_noop("This is a whole number, 0 to 1,000,000."), field=field)
    return number


def _date(value: Any, field: str) -> date | None:
    if value is None or value == "":
        return None
    try:
        return read_day(value)
    except ValueError:
        raise Refusal("field-invalid", gettext_noop("This is a date, like 2026-11-01."), field=field) from None


def _facts(value: Any, field: str) -> str:
    return checked_text(value, required=False, most=MAX_FACTS, field=field)


# What a part says, each field with what reads it. Amounts are in yuan, as text; everything but the facts may be unknown.
FIELDS: Final[Mapping[str, Callable[[Any, str], Any]]] = MappingProxyType(
    {
        "facts": _facts,
        "amount_claimed": _amount,
        "amount_lost": _amount,
        "amount_prevented": _amount,
        "victims": _count,
        "persons": _count,
        "from_date": _date,
        "until_date": _date,
    }
)
_DECIDED: Final = ["state", "version", "approved_by", "approved_at", "released_at", "return_reason"]


def edit(*, case: str, request: Mapping[str, Any], version: int, by: Member, now: datetime) -> CasePart:
    """Write on the own part: the fields named, others stay. It is a draft then, and an approval is taken back.

    `request` has names of FIELDS, and maybe `clues`: own `client_ref`s of the match or ring, all of them. `version` is that
    of the part as it was read, 1 for one that nobody has written on. What changes nothing leaves an approval as it is.
    Raise CaseNotFound, PartChanged, NoteRefused, Refusal `unknown-field`, `field-invalid`, `amount-invalid`,
    `transition-refused`.
    """
    joint.check_work(by)
    unknown = request.keys() - FIELDS.keys() - {"clues"}
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    said = {name: read(request[name], name) for name, read in FIELDS.items() if name in request}
    with transaction.atomic():
        row = _lock(case, by, version, states=joint.WRITTEN)
        if "clues" in request:
            said["clue_ids"] = part_clues.read_refs(row.case_id, request["clues"], viewer=by)
        changed = [name for name, value in said.items() if getattr(row, name) != value]
        if not changed:
            return row
        for name in changed:
            setattr(row, name, said[name])
        _check_span(row, now)
        _write(row, by, now, changed)
        _record("case.part.edit", case, row, by, fields=sorted(changed))
    return row


def change(*, case: str, by: Member, now: datetime, version: int | None = None) -> CasePart:
    """Make the own part a draft to write on what belongs to it: an analyst, or a key. Raise as `edit` does, and `reopen`."""
    joint.check_work(by)
    return reopen(case=case, by=by, now=now, version=version)


def reopen(*, case: str, by: Member, now: datetime, version: int | None = None) -> CasePart:
    """Make the own part a draft again, in the caller's transaction, for something it covers changes: evidence, say.

    Whoever acts is its last editor then. The caller checks the right to act, and records what changed. Without a `version`
    it does not matter what the part said when it was read. Raise CaseNotFound, PartChanged, Refusal `transition-refused`.
    """
    row = _lock(case, by, version, states=joint.WRITTEN)
    _write(row, by, now, [])
    return row


def mark_ready(*, case: str, version: int, by: Member) -> CasePart:
    """Hand the own draft to the approvers of the institution. Raise CaseNotFound, PartChanged, Refusal."""
    joint.check_work(by)
    with transaction.atomic():
        row = _lock(case, by, version, states=joint.WRITTEN)
        if row.state != CasePart.DRAFT:
            raise Refusal("transition-refused", gettext_noop("This part is not a draft."))
        if not row.facts:
            raise Refusal("field-missing", gettext_noop("Write down the facts first."), field="facts")
        _decide(row, CasePart.READY)
        _record("case.part.ready", case, row, by)
    return row


def approve(*, case: str, version: int, by: Person, now: datetime) -> CasePart:
    """Approve the own institution's part as its second person; the other parties read it from the next tick on.

    Raise CaseNotFound, PartChanged, SecondPersonNeeded, PermissionMissing or Refusal `transition-refused`.
    """
    with transaction.atomic():
        row = _lock_ready(case, by, version)
        if by.user_id in (row.author_id, row.editor_id):
            raise SecondPersonNeeded
        row.approved_by_id, row.approved_at, row.released_at = by.user_id, now, next_tick()
        row.state, row.version, row.return_reason = CasePart.APPROVED, row.version + 1, ""
        row.save(update_fields=_DECIDED)
        _record("case.part.approve", case, row, by)
        others = CaseParty.objects.filter(case_id=row.case_id).exclude(institution_id=by.institution_id)
        told = others.order_by("institution_id").values_list("institution_id", flat=True)
        joint.tell(row.case_id, [(number, events.PART_APPROVED) for number in told], now=now)
    return row


def send_back(*, case: str, version: int, reason: str, by: Person) -> CasePart:
    """Give a part that is ready back to its writers, with a reason. Raise as `approve` does, and NoteRefused."""
    with transaction.atomic():
        row = _lock_ready(case, by, version)
        reason = checked_note(reason, required=True)
        _decide(row, CasePart.DRAFT, return_reason=reason)
        _record("case.part.return", case, row, by)
    return row


def _lock(case: str, by: Member, version: int | None, *, states: frozenset[str]) -> CasePart:
    """Lock the own part, made if there is none yet; the case stays where it is meanwhile."""
    found = get_case(case=case, viewer=by)
    joint.hold(found.id, states)
    CasePart.objects.bulk_create([CasePart(case_id=found.id, institution_id=by.institution_id)], ignore_conflicts=True)
    row = CasePart.objects.select_for_update(no_key=True).get(case_id=found.id, institution_id=by.institution_id)
    if version is not None and row.version != version:
        raise PartChanged
    return row


def _write(row: CasePart, by: Member, now: datetime, changed: list[str]) -> None:
    """Store the columns changed as a draft of whoever acts."""
    person = by.user_id if isinstance(by, Person) else None
    is_first = row.edited_at is None
    if is_first:
        row.author_id = person
    row.editor_id, row.edited_at = person, now
    _decide(row, CasePart.DRAFT, [*changed, "editor", "edited_at", *(["author"] if is_first else [])])


def _lock_ready(case: str, by: Person, version: int) -> CasePart:
    check(by, Permission.CASE_VIEW)
    check(by, Permission.CASE_DECIDE)
    row = _lock(case, by, version, states=joint.WRITTEN)
    if row.state != CasePart.READY:
        raise Refusal("transition-refused", gettext_noop("This part does not wait for an approval."))
    return row


def _decide(row: CasePart, state: str, columns: list[str] | None = None, *, return_reason: str = "") -> None:
    """Store a state without an approval, and what else changed."""
    row.state, row.version, row.return_reason = state, row.version + 1, return_reason
    row.approved_by_id = row.approved_at = row.released_at = None
    row.save(update_fields=[*_DECIDED, *(columns or [])])


def _check_span(row: CasePart, now: datetime) -> None:
    today = now.astimezone(ZONE).date()
    for field in ("from_date", "until_date"):
        day = getattr(row, field)
        if day is not None and not date(1990, 1, 1) <= day <= today:
            raise Refusal("field-invalid", gettext_noop("The time lies between 1990 and today."), field=field)
    if row.from_date is not None and row.until_date is not None and row.from_date > row.until_date:
        raise Refusal("field-invalid", gettext_noop("The time ends before it begins."), field="until_date")


def _record(verb: str, case: str, row: CasePart, by: Member, **detail: Any) -> None:
    audit.record(
        verb, actor=by, subject_ref=case, institution_id=by.institution_id, detail={"version": row.version, **detail}
    )
