"""Reads of dispositions: an institution sees its own, whole; everybody's are summed up, never listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from clues.models import Disposition, DispositionStep, LiftNotice
from members.models import reference
from members.permissions import Viewer

from .acting import DispositionNotFound
from .figures import Sum as Sum
from .figures import list_sums as list_sums

LIFT, REVIEW = "lift", "review"
SHOWS: Final = (LIFT, REVIEW)
"""Beside the states: what has to be lifted, and what is due for review."""
MOST_COUNTED: Final = 1_000
MOST_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class LiftView:
    """That the ground has fallen, and what the institution answered. Open while `answered_at` and `ended_at` are None."""

    cause: str
    raised_at: datetime
    due_at: datetime
    answer: str | None
    reason: str | None
    note: str
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class DispositionView:
    """A disposition as its institution sees it. Effects are its own word. `lift` is the newest lift notice."""

    id: int
    disposition: str
    kind: str
    state: str
    match: str | None
    client_ref: str | None
    identifier: int | None
    case: str | None
    subject: str
    type: str | None
    category: str
    document_no: str
    started_at: datetime
    done_at: datetime | None
    seconds_to_disposal: int | None
    review_date: date | None
    reappearances: int
    calls_flagged: int | None
    persons_warned: int | None
    amount_prevented_cny: Decimal | None
    recorded_at: datetime
    version: int
    lift: LiftView | None

    @property
    def to_lift(self) -> bool:
        """Whether a lift notice waits for an answer."""
        return self.lift is not None and self.lift.is_open

    @property
    def is_live(self) -> bool:
        """Whether it is not lifted."""
        return self.state != Disposition.LIFTED

    @property
    def has_effects(self) -> bool:
        """Whether any effect was reported."""
        return (self.calls_flagged, self.persons_warned, self.amount_prevented_cny) != (None, None, None)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step: what, from where to where, when, by whom (a person or key by reference), in which words."""

    action: str
    from_state: str
    to_state: str
    at: datetime
    actor: str
    note: str


def list_dispositions(
    *,
    viewer: Viewer,
    now: datetime,
    state: str | None = None,
    show: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[DispositionView]:
    """Return the institution's dispositions, newest first, below row number `before`; `show` is one of SHOWS."""
    rows = Disposition.objects.filter(institution_id=viewer.institution_id)
    if state is not None:
        rows = rows.filter(state=state)
    if show == LIFT:
        rows = rows.filter(pk__in=_open_lifts(viewer).values("disposition_id"))
    elif show == REVIEW:
        rows = rows.filter(_review_due(now))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _views(rows.order_by("-id")[:limit])


def list_about(
    *, viewer: Viewer, match: int | None = None, case: int | None = None, clue: int | None = None
) -> list[DispositionView]:
    """Return the institution's dispositions about one match, case or clue by row number, newest first."""
    about = {"match_id": match, "case_id": case, "clue_id": clue}
    named = {name: number for name, number in about.items() if number is not None}
    rows = Disposition.objects.filter(Q(institution_id=viewer.institution_id) & Q(**named))
    return _views(rows.order_by("-id")[:MOST_LISTED])


def get_disposition(*, disposition: str, viewer: Viewer) -> DispositionView:
    """Return one of them. Raise DispositionNotFound, for strangers too."""
    rows = Disposition.objects.filter(pk=reference.decode("DI", disposition) or 0, institution_id=viewer.institution_id)
    found = _views(rows)
    if not found:
        raise DispositionNotFound
    return found[0]


def list_steps(*, disposition: int, viewer: Viewer) -> list[StepView]:
    """Return the history of a disposition by row number, oldest first."""
    rows = DispositionStep.objects.filter(
        disposition_id=disposition, disposition__institution_id=viewer.institution_id
    ).order_by("id")
    return [StepView(row.action, row.from_state, row.to_state, row.at, row.by_ref, row.note) for row in rows]


def count_to_lift(*, viewer: Viewer) -> int:
    """Return how many of the institution's dispositions have to be lifted, counting to MOST_COUNTED."""
    return _open_lifts(viewer).order_by()[:MOST_COUNTED].count()


def count_to_review(*, viewer: Viewer, now: datetime) -> int:
    """Return how many are due for review, counting to MOST_COUNTED."""
    rows = Disposition.objects.filter(_review_due(now), institution_id=viewer.institution_id)
    return rows.order_by()[:MOST_COUNTED].count()


def view(row: Disposition) -> DispositionView:
    """Show a row to its institution."""
    return _views(Disposition.objects.filter(pk=row.pk))[0]


def _open_lifts(viewer: Viewer) -> QuerySet[LiftNotice]:
    return LiftNotice.objects.filter(
        institution_id=viewer.institution_id, answered_at__isnull=True, ended_at__isnull=True
    )


def _review_due(now: datetime) -> Q:
    return Q(review_date__lte=localdate(now)) & ~Q(state=Disposition.LIFTED)


def _views(rows: QuerySet[Disposition]) -> list[DispositionView]:
    found = list(rows)
    newest: dict[int, LiftNotice] = {}
    for notice in LiftNotice.objects.filter(disposition_id__in=[row.pk for row in found]).order_by("id"):
        newest[notice.disposition_id] = notice
    return [_view(row, newest.get(row.pk)) for row in found]


def _view(row: Disposition, notice: LiftNotice | None) -> DispositionView:
    return DispositionView(
        id=row.pk,
        disposition=row.ref,
        kind=row.kind,
        state=row.state,
        match=None if row.match_id is None else reference.encode("M", row.match_id),
        client_ref=row.client_ref or None,
        identifier=row.position if row.client_ref else None,
        case=None if row.case_id is None else reference.encode("CASE", row.case_id),
        subject=row.subject,
        type=row.type or None,
        category=row.category,
        document_no=row.document_no,
        started_at=row.started_at,
        done_at=row.done_at,
        seconds_to_disposal=row.seconds_to_disposal,
        review_date=row.review_date,
        reappearances=row.reappearances,
        calls_flagged=row.calls_flagged,
        persons_warned=row.persons_warned,
        amount_prevented_cny=row.amount_prevented_cny,
        recorded_at=row.recorded_at,
        version=row.version,
        lift=None if notice is None else _lift(notice),
    )


def _lift(row: LiftNotice) -> LiftView:
    return LiftView(
        cause=row.cause,
        raised_at=row.raised_at,
        due_at=row.due_at,
        answer=row.answer or None,
        reason=row.reason or None,
        note=row.note,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
    )
