"""Move a case along one row of the workflow table: lock, check, write, tell, all or nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import parties
from clues.cases.workflow import BY_SOURCE_AND_ACTION, RESTING, Transition
from clues.models import Case, CaseStep
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

_WRITTEN = [
    "state",
    "version",
    "changed_at",
    "proposed_by",
    "proposed_at",
    "approved_by",
    "approved_at",
    "closed_reason",
]


class CaseNotFound(Refusal):
    """No such case."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such case."))


class StepNotOpen(Refusal):
    """The table has no such row from where the case stands, or one of its preconditions does not hold."""

    def __init__(self, why: str = gettext_noop("The case stands elsewhere; reload the page.")) -> None:
        super().__init__("transition-refused", why)


class SecondPersonNeeded(Refusal):
    """Whoever proposed cannot decide."""

    def __init__(self) -> None:
        super().__init__("four-eyes", gettext_noop("You proposed this case; a second person has to decide."))


class CaseChanged(Refusal):
    """The page was made from an older version of the case."""

    def __init__(self) -> None:
        super().__init__("conflict", gettext_noop("Somebody else moved this case meanwhile; reload the page."))


@transaction.atomic
def perform(*, case: str, action: str, by: User, now: datetime, note: str = "", version: int | None = None) -> Case:
    """Perform `action` on the case `CASE-…`; return it as it stands then.

    `version` is the one the person saw; another one refuses (CaseChanged). Raise CaseNotFound, StepNotOpen,
    SecondPersonNeeded, NoteRefused or PermissionMissing, each with a reason fit for the screen; nothing is
    written then.
    """
    check(by, Permission.DESK_VIEW)
    found = _locked(case)
    if version is not None and version != found.version:
        raise CaseChanged
    row = BY_SOURCE_AND_ACTION.get((found.state, action))
    if row is None:
        raise StepNotOpen
    check_row(row, found, by=by)
    note = checked_note(note, required=row.reason_required)
    _write(found, row, by=by, now=now, note=note)
    parties.tell(found, moved=row.notify, now=now)
    return found


def check_row(row: Transition, case: Case, *, by: User) -> None:
    """Raise the reason why this person may not perform the row on the case, if there is one."""
    check(by, row.by)
    for guard in row.needs:
        why = guard(case)
        if why is not None:
            raise StepNotOpen(why)
    if row.four_eyes and case.proposed_by_id == by.pk:
        raise SecondPersonNeeded


def _locked(case: str) -> Case:
    try:
        return Case.objects.select_for_update(of=("self",)).get(pk=reference.decode("CASE", case) or 0)
    except Case.DoesNotExist:
        raise CaseNotFound from None


def _write(case: Case, row: Transition, *, by: User, now: datetime, note: str) -> None:
    case.state = row.target
    case.version += 1
    case.changed_at = now
    if row.mark is not None:
        row.mark(case, by, now)
    if row.target in RESTING:
        case.closed_reason = note
    case.save(update_fields=_WRITTEN)
    CaseStep.objects.create(
        case=case, action=row.action, from_state=row.source, to_state=row.target, by=by, at=now, note=note
    )
    # The reason stays with the step: the audit trail holds codes only.
    audit.record(
        row.verb,
        actor=by,
        subject_ref=case.ref,
        detail={"from": row.source, "to": row.target, "version": case.version},
    )
