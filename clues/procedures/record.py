"""Record what an authority did: a new entry of a proceeding, a confirmation of a member's, or the voiding of a wrong one.

Nothing is ever changed: a wrong entry is voided by a second one with a reason. One writer of a case at a time; a refusal
writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import tracks
from clues.cases import parties
from clues.cases.transition import CaseNotFound
from clues.guidance.queries import get_authority
from clues.matching.release import next_tick
from clues.models import Case, ProcedureEntry, Proceeding
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Actor, Permission, check

from .chain import check_order, is_in_order
from .deadlines import due_date, today
from .reading import Draft, read_draft, read_track

RUNS_IN: Final = frozenset({Case.REPORTED, Case.CLOSED})
"""Case states in which proceedings are recorded: courts take longer than the alliance's own work, so closed ones too."""


class EntryNotFound(Refusal):
    """No such proceeding or entry of this case."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such entry."))


class NotHandedOver(Refusal):
    """The case does not stand where proceedings are recorded."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("Proceedings are recorded once the case was handed over."))


class WaitsForConfirmation(Refusal):
    """An earlier entry of the lead member is still to be confirmed or voided."""

    def __init__(self) -> None:
        super().__init__(
            "transition-refused", gettext_noop("An earlier entry waits for confirmation; decide on it first.")
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A state of a proceeding's record that was not voided."""

    entry: ProcedureEntry
    confirmed: bool


@transaction.atomic
def record(*, case: str, request: Mapping[str, Any], by: User, now: datetime) -> ProcedureEntry:
    """Record a state of a proceeding of the case `CASE-…`, by the desk; return the entry. Raise Refusal.

    `request` names a `proceeding` (`P-…`) to go on with, or else a `track` to open; FIELDS in reading.py are the others.
    """
    check(by, Permission.PROCEDURE_RECORD)
    found = locked_case(case)
    proceeding, lines = find_proceeding(found, request)
    if any(not line.confirmed for line in lines):
        raise WaitsForConfirmation
    entry = add_state(found, proceeding, lines, request, by=by, institution_id=None, now=now)
    parties.tell(found, moved=True, newcomers=False, now=now)
    return entry


@transaction.atomic
def confirm(*, entry: str, by: User, now: datetime) -> ProcedureEntry:
    """Confirm a member's entry (`PE-…`): from the next tick on it counts and the parties see it. Raise Refusal."""
    check(by, Permission.PROCEDURE_RECORD)
    found, lines = _line(entry)
    waiting = [line.entry.pk for line in lines if not line.confirmed]
    if found.pk not in waiting:
        raise Refusal("transition-refused", gettext_noop("This entry does not wait for confirmation."))
    if waiting[0] != found.pk:
        raise WaitsForConfirmation
    return _add_about(found, ProcedureEntry.CONFIRMATION, note="", verb="procedure.confirm", by=by, now=now)


@transaction.atomic
def void(*, entry: str, reason: str, by: User, now: datetime) -> ProcedureEntry:
    """Void a wrong entry (`PE-…`) with a reason, if what stays is in order without it. Raise Refusal."""
    check(by, Permission.PROCEDURE_RECORD)
    found, lines = _line(entry)
    note = checked_note(reason, required=True)
    left = [line.entry.state for line in lines if line.entry.pk != found.pk]
    if len(left) == len(lines):
        raise Refusal("transition-refused", gettext_noop("This entry is void already."))
    if not is_in_order(tracks.BY_CODE[found.proceeding.track], left):
        raise Refusal(
            "transition-refused", gettext_noop("Later entries rest on this one; void those first, the last one first.")
        )
    return _add_about(found, ProcedureEntry.VOID, note=note, verb="procedure.void", by=by, now=now)


def locked_case(case: str) -> Case:
    """Return the case with no other writer of its proceedings beside. Raise CaseNotFound, NotHandedOver."""
    number = reference.decode("CASE", case) or 0
    lock(number)
    # Only what every role may read.
    found = Case.objects.filter(pk=number).only("pk", "state", "match_id", "ring_id").first()
    if found is None:
        raise CaseNotFound
    if found.state not in RUNS_IN:
        raise NotHandedOver
    return found


def lock(case: int) -> None:
    """Let nobody else write proceedings of this case until the transaction ends; the web role locks no rows of cases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('aif.procedures', %s))", [case])


def add_state(
    case: Case,
    proceeding: Proceeding | None,
    lines: list[Line],
    request: Mapping[str, Any],
    *,
    by: Actor,
    institution_id: int | None,
    now: datetime,
) -> ProcedureEntry:
    """Check the request against the record so far and add its entry; `institution_id` is the lead that records it."""
    track = read_track(request.get("track") if proceeding is None else proceeding.track)
    draft = read_draft(request, track=track, today=today(now))
    get_authority(draft.authority)
    check_order(track, [line.entry.state for line in lines], adding=draft.state.code)
    if any(line.entry.date is not None and draft.date < line.entry.date for line in lines):
        raise Refusal(
            "field-invalid", gettext_noop("It cannot have happened before what the proceeding rests on."), field="date"
        )
    if proceeding is None:
        proceeding = Proceeding.objects.create(case=case, track=track.code, opened_at=now)
    entry = ProcedureEntry.objects.create(
        proceeding=proceeding,
        number=_next_number(proceeding),
        kind=ProcedureEntry.STATE,
        institution_id=institution_id,
        recorded_by_ref=by.audit_ref,
        recorded_at=now,
        released_at=next_tick(),
        due_date=_due(draft),
        **_columns(draft),
    )
    _audit("procedure.record", entry, case.ref, by)
    return entry


def lines_of(proceeding: int) -> list[Line]:
    """Return the states that were not voided, in the order in which they were recorded."""
    rows = list(ProcedureEntry.objects.filter(proceeding_id=proceeding).order_by("number"))
    said = {(row.about_id, row.kind) for row in rows if row.about_id is not None}
    return [
        Line(row, row.institution_id is None or (row.pk, ProcedureEntry.CONFIRMATION) in said)
        for row in rows
        if row.kind == ProcedureEntry.STATE and (row.pk, ProcedureEntry.VOID) not in said
    ]


def find_proceeding(case: Case, request: Mapping[str, Any]) -> tuple[Proceeding | None, list[Line]]:
    """Return the proceeding that a request goes on with and its states, or none if it opens one. Raise Refusal."""
    ref = request.get("proceeding")
    if ref is None or ref == "":
        return None, []
    number = reference.decode("P", ref) if isinstance(ref, str) else None
    found = Proceeding.objects.filter(pk=number or 0, case_id=case.pk).first()
    if found is None:
        raise EntryNotFound
    if request.get("track") not in (None, "", found.track):
        raise Refusal("field-invalid", gettext_noop("The proceeding is of another track."), field="track")
    lines = lines_of(found.pk)
    if not lines:
        raise Refusal("transition-refused", gettext_noop("All of this proceeding is void; open a new one."))
    return found, lines


def _line(entry: str) -> tuple[ProcedureEntry, list[Line]]:
    rows = ProcedureEntry.objects.select_related("proceeding").filter(kind=ProcedureEntry.STATE)
    found = rows.filter(pk=reference.decode("PE", entry) or 0).first()
    if found is None:
        raise EntryNotFound
    lock(found.proceeding.case_id)
    return found, lines_of(found.proceeding_id)


def _add_about(entry: ProcedureEntry, kind: str, *, note: str, verb: str, by: User, now: datetime) -> ProcedureEntry:
    case = Case.objects.get(pk=entry.proceeding.case_id)
    made = ProcedureEntry.objects.create(
        proceeding_id=entry.proceeding_id,
        number=_next_number(entry.proceeding),
        kind=kind,
        about=entry,
        note=note,
        recorded_by_ref=by.audit_ref,
        recorded_at=now,
        released_at=next_tick(),
    )
    _audit(verb, entry, case.ref, by)
    parties.tell(case, moved=True, newcomers=False, now=now)
    return made


def _next_number(proceeding: Proceeding) -> int:
    return ProcedureEntry.objects.filter(proceeding_id=proceeding.pk).count() + 1


def _due(draft: Draft) -> Any:
    if draft.state.deadline is None:
        return None
    return due_date(draft.state.deadline, on=draft.date, received=draft.received_date)


def _columns(draft: Draft) -> dict[str, Any]:
    names = (
        "authority", "document_no", "date", "received_date", "persons", "persons_detained", "gangs", "items",
        "amount_claimed_cny", "amount_lost_cny", "amount_prevented_cny", "province", "self_reported", "note",
    )  # fmt: skip
    return {"state": draft.state.code} | {name: getattr(draft, name) for name in names}


def _audit(verb: str, entry: ProcedureEntry, case: str, by: Actor) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=case,
        institution_id=entry.institution_id,
        detail={
            "entry": str(entry),
            "proceeding": reference.encode("P", entry.proceeding_id),
            "track": entry.proceeding.track,
            "state": entry.state,
        },
    )
