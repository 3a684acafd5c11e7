"""Reads of proceedings: by the parties of a case once the tick has shown them, by the lead also what waits, by the desk all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from aif_share.vocabulary import tracks
from aif_share.vocabulary.tracks import State
from clues.cases.queries import get_case
from clues.guidance.queries import find_authorities
from clues.guidance.rows import Authority
from clues.models import ProcedureEntry, Proceeding
from members.permissions import Viewer

from .chain import next_states
from .deadlines import today
from .record import RUNS_IN, EntryNotFound

WAITING, STANDING, VOIDED = "waiting", "standing", "voided"


@dataclass(frozen=True, slots=True)
class EntryView:
    """One state of a proceeding; `status` is `waiting` for the desk, `standing`, or `voided` with its reason.

    `due_date` is the last day of the deadline that began with it, None once it was met. `own`: the viewer recorded it.
    """

    id: int
    entry: str
    proceeding: str
    track: str
    state: str
    status: str
    authority: str
    authority_name: Authority | None
    document_no: str
    date: Day
    received_date: Day | None
    persons: int | None
    persons_detained: int | None
    gangs: int | None
    items: int | None
    amount_claimed_cny: Decimal | None
    amount_lost_cny: Decimal | None
    amount_prevented_cny: Decimal | None
    province: str
    self_reported: bool
    note: str
    void_reason: str
    due_date: Day | None
    overdue: bool
    own: bool
    recorded_at: datetime

    @property
    def row(self) -> State:
        """The state's row in its track."""
        return tracks.BY_CODE[self.track].state(self.state)


@dataclass(frozen=True, slots=True)
class ProceedingView:
    """One proceeding with its entries in their order, voided ones too, and what may be recorded next."""

    id: int
    proceeding: str
    track: str
    entries: tuple[EntryView, ...]
    next: tuple[State, ...]

    @property
    def standing(self) -> list[EntryView]:
        """The entries that were not voided."""
        return [entry for entry in self.entries if entry.status != VOIDED]

    @property
    def is_open(self) -> bool:
        """Whether anything can still be recorded."""
        return bool(self.next) and bool(self.standing)


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said about an entry, and whether the viewer may know it."""

    confirmed: set[int] = field(default_factory=set)
    voided: dict[int, str] = field(default_factory=dict)


def list_proceedings(*, case: str, viewer: Viewer, now: datetime) -> list[ProceedingView]:
    """Return the proceedings of a case that the viewer's institution is a party of. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    return _list(found.id, viewer=viewer.institution_id, now=now)


def list_entries(*, case: str, viewer: Viewer, now: datetime) -> list[EntryView]:
    """Return the entries of all its proceedings, oldest record first. Raise CaseNotFound."""
    found = [entry for each in list_proceedings(case=case, viewer=viewer, now=now) for entry in each.entries]
    return sorted(found, key=lambda entry: entry.id)


def get_entry(*, case: str, entry: str, viewer: Viewer, now: datetime) -> EntryView:
    """Return one of them. Raise CaseNotFound, EntryNotFound."""
    for each in list_entries(case=case, viewer=viewer, now=now):
        if each.entry == entry:
            return each
    raise EntryNotFound


def list_of_case(*, case: int, now: datetime) -> list[ProceedingView]:
    """Return all proceedings of a case, by its number, with all there is: for the desk, whose people alone open its pages."""
    return _list(case, viewer=None, now=now)


def runs_in(state: str) -> bool:
    """Whether proceedings are recorded while a case stands at this state."""
    return state in RUNS_IN


def _list(case: int, *, viewer: int | None, now: datetime) -> list[ProceedingView]:
    proceedings = list(Proceeding.objects.filter(case_id=case).order_by("id"))
    shown = ExpressionWrapper(Q(released_at__lte=Now()), output_field=BooleanField())
    rows: list[Any] = list(
        ProcedureEntry.objects.filter(proceeding__case_id=case)
        .annotate(is_released=shown)
        .order_by("proceeding_id", "number")
    )
    names = find_authorities({row.authority for row in rows if row.authority})
    views = []
    for proceeding in proceedings:
        own = [row for row in rows if row.proceeding_id == proceeding.pk]
        entries = _entries(proceeding, own, names, viewer=viewer, now=now)
        if entries:
            states = [entry.state for entry in entries if entry.status != VOIDED]
            following = next_states(tracks.BY_CODE[proceeding.track], states) if states else []
            views.append(ProceedingView(proceeding.pk, str(proceeding), proceeding.track, entries, tuple(following)))
    return views


def _entries(
    proceeding: Proceeding,
    rows: list[Any],
    names: dict[str, Authority],
    *,
    viewer: int | None,
    now: datetime,
) -> tuple[EntryView, ...]:
    said = _said(rows, viewer=viewer)
    states = [row for row in rows if row.kind == ProcedureEntry.STATE and _is_shown(row, said, viewer=viewer)]
    met = _met([row for row in states if row.pk not in said.voided], proceeding.track)
    return tuple(
        EntryView(
            id=row.pk,
            entry=str(row),
            proceeding=str(proceeding),
            track=proceeding.track,
            state=row.state,
            status=_status(row, said),
            authority=row.authority,
            authority_name=names.get(row.authority),
            document_no=row.document_no,
            date=row.date,
            received_date=row.received_date,
            persons=row.persons,
            persons_detained=row.persons_detained,
            gangs=row.gangs,
            items=row.items,
            amount_claimed_cny=row.amount_claimed_cny,
            amount_lost_cny=row.amount_lost_cny,
            amount_prevented_cny=row.amount_prevented_cny,
            province=row.province,
            self_reported=row.self_reported,
            note=row.note,
            void_reason=said.voided.get(row.pk, ""),
            due_date=None if row.pk in met or row.pk in said.voided else row.due_date,
            overdue=row.due_date is not None
            and row.pk not in met
            and row.pk not in said.voided
            and row.due_date < today(now),
            own=viewer is not None and row.institution_id == viewer,
            recorded_at=row.recorded_at,
        )
        for row in states
    )


def _said(rows: Iterable[Any], *, viewer: int | None) -> _Said:
    said = _Said()
    for row in rows:
        if row.about_id is None or (viewer is not None and not row.is_released):
            continue
        if row.kind == ProcedureEntry.VOID:
            said.voided[row.about_id] = row.note
        else:
            said.confirmed.add(row.about_id)
    return said


def _is_shown(row: Any, said: _Said, *, viewer: int | None) -> bool:
    """The desk sees all, the lead its own at once; other parties what stands, from its tick on, and what of it was voided."""
    if viewer is None or row.institution_id == viewer:
        return True
    return bool(row.is_released) and (row.institution_id is None or row.pk in said.confirmed)


def _status(row: ProcedureEntry, said: _Said) -> str:
    if row.pk in said.voided:
        return VOIDED
    return STANDING if row.institution_id is None or row.pk in said.confirmed else WAITING


def _met(rows: list[ProcedureEntry], track: str) -> set[int]:
    """Whose deadlines are met: by a later entry that stands."""
    found = set()
    for turn, row in enumerate(rows):
        deadline = tracks.BY_CODE[track].state(row.state).deadline
        if deadline is not None and any(later.state in deadline.met_by for later in rows[turn + 1 :]):
            found.add(row.pk)
    return found
