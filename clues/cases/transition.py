"""Move a case along one row of the workflow table: lock, check, write, tell, all or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import merging, parties
from clues.cases.actions import StepNotOpen, check_row
from clues.cases.deadlines import due_after
from clues.cases.guards import ANOTHER_IS_OPEN
from clues.cases.marks import Act
from clues.cases.workflow import BY_SOURCE_AND_ACTION, RESTING, Transition
from clues.models import ONE_OPEN, Case, CaseParty, CaseStep
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Permission, check
from members.queries import Member, Person

MEMBERS_SEE = (
    "match", "ring", "state", "version", "lead", "opened_at", "changed_at", "due_at", "proposed_at", "approved_at",
    "report_asked_at", "reported_at", "reported_on", "receiver", "closed_code", "reopen_asked_at", "reopened_at",
    "merged_into",
)  # fmt: skip
"""The columns that the portal's process reads: what happened and when, not which person did it."""


class CaseNotFound(Refusal):
    """No such case, or none of this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such case."))


class CaseChanged(Refusal):
    """The page was made from an older version of the case."""

    def __init__(self) -> None:
        super().__init__("version-changed", gettext_noop("Somebody else moved this case meanwhile; reload the page."))


@transaction.atomic
def perform(
    *,
    case: str,
    action: str,
    by: User | Member,
    now: datetime,
    note: str = "",
    version: int | None = None,
    **given: str,
) -> Case:
    """Perform `action` on the case `CASE-…`, as a person of the desk or for a member; return it as it stands then.

    `version` is the one the actor saw; another one refuses (CaseChanged). `given` is what the row `asks` beside the
    note. Raise CaseNotFound (to members that are no party, too), StepNotOpen, SecondPersonNeeded, NotTheLead,
    NoteRefused, PermissionMissing, or Refusal `field-missing`, `field-invalid`, `unknown-field`: nothing is written then.
    """
    check(by, Permission.DESK_VIEW if isinstance(by, User) else Permission.CASE_VIEW)
    found, into = _locked(case, given.get("into"), by)
    if version is not None and version != found.version:
        raise CaseChanged
    row = BY_SOURCE_AND_ACTION.get((found.state, action))
    if row is None:
        raise StepNotOpen
    check_row(row, found, by=by)
    _check_given(row, given)
    note = checked_note(note, required=row.note_required)
    if into is not None:
        merging.check_into(into, found)
    act = Act(user_id=_person_of(by), institution_id=_institution_of(by), now=now, given=given, into=into)
    _write(found, row, act=act, by=by, note=note)
    # The portal's process makes nobody a party; newcomers join with the desk's next step.
    parties.tell(found, moved=row.notify, newcomers=isinstance(by, User), now=now)
    if into is not None:
        merging.absorb(found, into=into, by=by, now=now)
    return found


def _locked(case: str, into: str | None, by: User | Member) -> tuple[Case, Case | None]:
    """Lock the case, and the one it shall be merged into, in the order of their numbers."""
    number = reference.decode("CASE", case) or 0
    other = None if into is None else reference.decode("CASE", into) or 0
    rows = Case.objects.select_for_update(of=("self",)).order_by("pk")
    if not isinstance(by, User):
        party = CaseParty.objects.filter(case_id=number, institution_id=by.institution_id, released_at__lte=Now())
        if not party.exists():
            raise CaseNotFound
        rows = rows.only(*MEMBERS_SEE)
    locked = {row.pk: row for row in rows.filter(pk__in=[number] if other is None else [number, other])}
    if number not in locked:
        raise CaseNotFound
    if other is not None and other not in locked:
        raise Refusal("field-invalid", gettext_noop("Name another case that is open."), field="into")
    return locked[number], None if other is None else locked[other]


def _check_given(row: Transition, given: dict[str, str]) -> None:
    for name in row.asks:
        if not given.get(name):
            raise Refusal("field-missing", gettext_noop("This step needs one more field."), field=name)
    if given.keys() - set(row.asks):
        raise Refusal("unknown-field", gettext_noop("This step does not take such a field."))


def _write(case: Case, row: Transition, *, act: Act, by: User | Member, note: str) -> None:
    columns: dict[str, Any] = {
        "state": row.target,
        "version": case.version + 1,
        "changed_at": act.now,
        "due_at": due_after(row.days, now=act.now),
    }
    if row.edits:
        columns["edited_by_id"] = act.user_id
    if row.target in RESTING and row.source not in RESTING:
        columns["closed_reason"] = note
    if row.mark is not None:
        columns |= row.mark(case, act)
    for name, value in columns.items():
        setattr(case, name, value)
    try:
        with transaction.atomic():
            case.save(update_fields=list(columns))
    except IntegrityError as error:
        # Somebody opened another case of the origin after the guard had looked.
        if not any(name in str(error) for name in ONE_OPEN):
            raise
        raise StepNotOpen(ANOTHER_IS_OPEN) from None
    CaseStep.objects.create(
        case_id=case.pk,
        action=row.action,
        from_state=row.source,
        to_state=row.target,
        by_id=act.user_id,
        institution_id=act.institution_id,
        actor_ref=by.audit_ref,
        at=act.now,
        note=note,
        told=note if row.told else "",
    )
    # The reason stays with the step: the audit trail holds codes only.
    audit.record(
        row.verb,
        actor=by,
        subject_ref=case.ref,
        institution_id=act.institution_id,
        detail={"from": row.source, "to": row.target, "version": case.version}
        | ({"party": act.given["party"]} if "party" in act.given else {}),
    )


def _person_of(by: User | Member) -> int | None:
    if isinstance(by, User):
        return by.pk
    return by.user_id if isinstance(by, Person) else None


def _institution_of(by: User | Member) -> int | None:
    return None if isinstance(by, User) else by.institution_id
