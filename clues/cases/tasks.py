"""Tasks of a case: given by its lead or by the alliance to one party, which does them or says why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import task_kinds
from clues import events
from clues.cases import joint, naming
from clues.cases.actions import NotTheLead
from clues.cases.pseudonyms import code_of
from clues.cases.queries import get_case
from clues.cases.transition import CaseNotFound
from clues.cases.workflow import RESTING
from clues.days import read_day
from clues.matching.release import next_tick
from clues.models import Case, CaseParty, CaseTask
from clues.notes import checked_note
from clues.submissions.rows import names_of
from clues.working_days import ZONE
from members import audit
from members.models import Institution, User, reference
from members.permissions import ROLE_PERMISSIONS, Permission, check
from members.queries import Member, Person

MAX_DAYS: Final = 365
FIELDS: Final = frozenset({"party", "kind", "note", "due_on"})
ANSWERS: Final[Mapping[str, str]] = {"done": "case.task.done", "declined": "case.task.decline"}
WORKING_ROLES: Final = tuple(
    role for role, allowed in ROLE_PERMISSIONS.items() if {Permission.CASE_VIEW, Permission.CASE_PROPOSE} <= allowed
)
_ENDED: Final = ["state", "version", "ended_by", "ended_at", "ended_note", "ended_released_at"]

# Once for each task; nobody is reminded of a case that is over.
OVERDUE: Final = """
WITH due AS (
    UPDATE case_task SET overdue_told_at = %(now)s WHERE id IN (
        SELECT t.id FROM case_task t JOIN case_file c ON c.id = t.case_id AND NOT c.state = ANY(%(resting)s)
        WHERE t.state = 'open' AND t.overdue_told_at IS NULL AND t.due_at <= %(now)s
        ORDER BY t.due_at LIMIT %(limit)s FOR UPDATE OF t SKIP LOCKED)
    RETURNING case_id, institution_id, giver_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT DISTINCT told.institution_id, %(kind)s, 'CASE', due.case_id, %(now)s::timestamptz FROM due
CROSS JOIN LATERAL (VALUES (due.institution_id), (due.giver_id)) told (institution_id)
WHERE told.institution_id IS NOT NULL
"""


class TaskNotFound(Refusal):
    """No such task of this case, or none that concerns the institution."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such task."))


class TaskEnded(Refusal):
    """It is answered or canceled."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This task is over."))


class TaskChanged(Refusal):
    """The page was made from an older version of the task."""

    def __init__(self) -> None:
        super().__init__("version-changed", gettext_noop("Read it again, and change what is there now."))


def give(*, case: str, request: Mapping[str, Any], by: Member, now: datetime) -> CaseTask:
    """Let the lead of a case give a task to a party; it is told at the next tick. Raise Refusal.

    `request` has `party` (`member-b`, the lead itself too) and `kind`, and maybe `note` (500 characters) and `due_on` (a date,
    today in China to a year from now; else by the kind). Raise NotTheLead for another party.
    """
    joint.check_work(by)
    found = get_case(case=case, viewer=by)
    if not Case.objects.filter(pk=found.id, lead_id=by.institution_id).exists():
        raise NotTheLead
    for number, party in naming.parties_by_number(found.id, viewer=by).items():
        if party.party == request.get("party"):
            return _give(found.id, case, number, request, by, now)
    raise _no_party()


def give_for_alliance(*, case: str, request: Mapping[str, Any], by: User, now: datetime) -> CaseTask:
    """Let the alliance give a task to a party, as `give`; a party, one at work, is named by its pseudonym here, too."""
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_PROPOSE)
    number = reference.decode("CASE", case) or 0
    if not Case.objects.filter(pk=number).exists():
        raise CaseNotFound
    at_work = CaseParty.objects.filter(case_id=number, institution__in=Institution.objects.at_work())
    parties = at_work.values_list("pseudonym", "institution_id")
    known = {code_of(pseudonym): institution for pseudonym, institution in parties}
    if request.get("party") not in known:
        raise _no_party()
    return _give(number, case, known[request["party"]], request, by, now)


def answer(*, case: str, task: str, request: Mapping[str, Any], version: int, by: Member, now: datetime) -> CaseTask:
    """Answer a task of the own institution: `answer` is `done` or `declined`, `note` says how, or why not. Raise Refusal."""
    joint.check_work(by)
    _check_fields(request, {"answer", "note"})
    verb = ANSWERS.get(request["answer"]) if isinstance(request.get("answer"), str) else None
    if verb is None:
        raise Refusal("field-invalid", gettext_noop("`answer` is done or declined."), field="answer")
    state = request["answer"]
    note = _note(request.get("note"), required=state == CaseTask.DECLINED)
    with transaction.atomic():
        row = _lock(case, task, by, institution_id=by.institution_id)
        joint.hold(row.case_id, joint.ALIVE)
        _check_open(row, version)
        _end(row, state, note, by, now)
        _record(verb, row, case, by)
        if row.giver_id not in (None, by.institution_id):
            joint.tell(row.case_id, [(row.giver_id, events.TASK_ANSWERED)], now=now)
    return row


def cancel(*, case: str, task: str, reason: str, version: int, by: Member, now: datetime) -> CaseTask:
    """Take back a task that the own institution gave, with a reason; its party is told. Raise Refusal."""
    joint.check_work(by)
    with transaction.atomic():
        return _cancel(_lock(case, task, by, giver_id=by.institution_id), case, reason, version, by, now)


def cancel_for_alliance(*, task: int, reason: str, version: int, by: User, now: datetime) -> CaseTask:
    """Take back any task of a case, by its row number. Raise Refusal."""
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_PROPOSE)
    with transaction.atomic():
        row = CaseTask.objects.select_for_update(no_key=True).filter(pk=task).first()
        if row is None:
            raise TaskNotFound
        return _cancel(row, reference.encode("CASE", row.case_id), reason, version, by, now)


def assign(*, case: str, task: str, assignee: str | None, version: int, by: Person) -> CaseTask:
    """Give a task of the own institution to a colleague (`U-…`), or to nobody. Raise Refusal. Others never learn to whom."""
    joint.check_work(by)
    person = None if assignee is None else _colleague(assignee, by)
    with transaction.atomic():
        row = _lock(case, task, by, institution_id=by.institution_id)
        joint.hold(row.case_id, joint.ALIVE)
        _check_open(row, version)
        row.assignee_id, row.version = person, row.version + 1
        row.save(update_fields=["assignee", "version"])
        _record("case.task.assign", row, case, by)
    return row


def tell_overdue(*, limit: int, now: datetime) -> int:
    """Write the events of tasks that ran out, once each, to their party and their giver; return how many events.

    In the matcher's role.
    """
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"now": now, "resting": sorted(RESTING), "limit": limit, "kind": events.TASK_OVERDUE})
        return int(cursor.rowcount)


def _give(
    number: int, case: str, institution: int, request: Mapping[str, Any], by: Member | User, now: datetime
) -> CaseTask:
    _check_fields(request, FIELDS)
    kind = task_kinds.BY_CODE.get(request["kind"]) if isinstance(request.get("kind"), str) else None
    if kind is None:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="kind")
    note = _note(request.get("note"), required=kind.code == "other")
    due_at = _due(request.get("due_on"), kind.days, now)
    giver = None if isinstance(by, User) else by.institution_id
    with transaction.atomic():
        held = joint.hold(number, joint.ALIVE)
        if giver is not None and held.lead_id != giver:
            raise NotTheLead
        row = CaseTask.objects.create(
            case_id=number, institution_id=institution, kind=kind.code, note=note, due_at=due_at, giver_id=giver,
            given_by_id=_person_of(by), given_at=now, released_at=next_tick(),
        )  # fmt: skip
        _record("case.task.give", row, case, by)
        if institution != giver:
            joint.tell(number, [(institution, events.TASK_GIVEN)], now=now)
    return row


def _cancel(row: CaseTask, case: str, reason: str, version: int, by: Member | User, now: datetime) -> CaseTask:
    reason = checked_note(reason, required=True)
    joint.hold(row.case_id, joint.ALIVE)
    _check_open(row, version)
    _end(row, CaseTask.CANCELED, reason, by, now)
    _record("case.task.cancel", row, case, by)
    if not isinstance(by, User) and by.institution_id == row.institution_id:
        return row
    joint.tell(row.case_id, [(row.institution_id, events.TASK_CANCELED)], now=now)
    return row


def _end(row: CaseTask, state: str, note: str, by: Member | User, now: datetime) -> None:
    row.state, row.ended_note, row.ended_at, row.ended_by_id = state, note, now, _person_of(by)
    row.ended_released_at, row.version = next_tick(), row.version + 1
    row.save(update_fields=_ENDED)


def _lock(case: str, task: str, by: Member, **whose: int) -> CaseTask:
    found = get_case(case=case, viewer=by)
    rows = CaseTask.objects.select_for_update(no_key=True).filter(case_id=found.id, **whose)
    known = Q(released_at__lte=Now()) | Q(giver_id=by.institution_id)
    row = rows.filter(known, pk=reference.decode("T", task) or 0).first()
    if row is None:
        raise TaskNotFound
    return row


def _check_open(row: CaseTask, version: int) -> None:
    if row.state != CaseTask.OPEN:
        raise TaskEnded
    if row.version != version:
        raise TaskChanged


def _due(value: Any, days: int, now: datetime) -> datetime:
    today = now.astimezone(ZONE).date()
    day = today + timedelta(days=days)
    if value is not None:
        try:
            day = read_day(value)
        except ValueError:
            raise _wrong_day() from None
    if not today <= day <= today + timedelta(days=MAX_DAYS):
        raise _wrong_day()
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)


def _no_party() -> Refusal:
    return Refusal("field-invalid", gettext_noop("The case has no such party."), field="party")


def _wrong_day() -> Refusal:
    return Refusal("field-invalid", gettext_noop("`due_on` is a date, from today to a year from now."), field="due_on")


def _note(value: Any, *, required: bool) -> str:
    if value is not None and not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("This is a text."), field="note")
    return checked_note(value or "", required=required)


def _check_fields(request: Mapping[str, Any], known: frozenset[str] | set[str]) -> None:
    unknown = request.keys() - known
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))


def _person_of(by: Member | User) -> int | None:
    return by.pk if isinstance(by, User) else by.user_id if isinstance(by, Person) else None


def _colleague(ref: str, by: Person) -> int:
    people = User.objects.filter(
        pk=reference.decode("U", ref) or 0, institution_id=by.institution_id, is_active=True, role__in=WORKING_ROLES
    )
    person = people.values_list("pk", flat=True).first()
    if person is None:
        raise Refusal("field-invalid", gettext_noop("Nobody of your institution can be given this."), field="assignee")
    return person


def _record(verb: str, row: CaseTask, case: str, by: Member | User) -> None:
    # Each side's doings stand in its own trail: whom it was for is not told by an actor's reference, either.
    audit.record(
        verb, actor=by, subject_ref=str(row), institution_id=None if isinstance(by, User) else by.institution_id,
        detail={"case": case, "kind": row.kind},
    )  # fmt: skip
