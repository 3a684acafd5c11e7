"""Reads of disputes: those an institution opened, and those about its own clues. Neither side learns of the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Dispute, DisputedClue
from members.models import reference
from members.permissions import Viewer


@dataclass(frozen=True)
class DisputeView:
    """A dispute as its opener sees it: never what it concerned, nor how much."""

    id: int
    dispute: str
    match: str | None
    type: str
    reason: str
    case_ref: str
    state: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class ReceivedView:
    """A dispute about one clue, as its filer sees it: never who opened it."""

    id: int
    dispute: str
    clue: str
    client_ref: str
    reason: str
    state: str
    due_at: datetime
    answered_at: datetime | None
    answer_reason: str | None
    decided_at: datetime | None
    category: str
    grade: str
    opened_at: datetime


OPENED_STATES = (Dispute.OPEN, Dispute.CLOSED)
RECEIVED_STATES = (
    DisputedClue.OPEN, DisputedClue.MAINTAINED, DisputedClue.WITHDRAWN, DisputedClue.LAPSED, DisputedClue.UPHELD,
    DisputedClue.REJECTED,
)  # fmt: skip
MOST_COUNTED = 1_000


class DisputeNotFound(Refusal):
    """No such dispute, or another institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such dispute."))


def list_opened(
    *, viewer: Viewer, state: str | None = None, before: int | None = None, limit: int = 100
) -> list[DisputeView]:
    """Return the disputes that the institution opened, newest first, below row number `before`."""
    rows = Dispute.objects.filter(institution_id=viewer.institution_id)
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(row) for row in rows.order_by("-id")[:limit]]


def get_opened(*, dispute: str, viewer: Viewer) -> DisputeView:
    """Return one of them. Raise DisputeNotFound."""
    row = Dispute.objects.filter(pk=reference.decode("D", dispute) or 0, institution_id=viewer.institution_id).first()
    if row is None:
        raise DisputeNotFound
    return view(row)


def list_received(
    *, viewer: Viewer, state: str | None = None, before: int | None = None, limit: int = 100
) -> list[ReceivedView]:
    """Return the disputes about the institution's own clues, newest first, one row for each clue."""
    rows = DisputedClue.objects.filter(institution_id=viewer.institution_id).select_related("dispute", "clue")
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [received(row) for row in rows.order_by("-id")[:limit]]


def get_received(*, dispute: str, clue: str, viewer: Viewer) -> ReceivedView:
    """Return the dispute about one clue of the institution. Raise DisputeNotFound."""
    row = (
        DisputedClue.objects.filter(
            dispute_id=reference.decode("D", dispute) or 0,
            clue_id=reference.decode("C", clue) or 0,
            institution_id=viewer.institution_id,
        )
        .select_related("dispute", "clue")
        .first()
    )
    if row is None:
        raise DisputeNotFound
    return received(row)


def count_to_answer(*, viewer: Viewer, now: datetime) -> int:
    """Return how many disputes about own clues wait for an answer and can still have one, counting to MOST_COUNTED."""
    waiting = DisputedClue.objects.filter(institution_id=viewer.institution_id, state=DisputedClue.OPEN, due_at__gt=now)
    return waiting.order_by()[:MOST_COUNTED].count()


def view(row: Dispute) -> DisputeView:
    """Show a row to its opener."""
    return DisputeView(
        id=row.pk,
        dispute=str(row),
        match=None if row.match_id is None else reference.encode("M", row.match_id),
        type=row.type,
        reason=row.reason,
        case_ref=row.case_ref,
        state=row.state,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
    )


def received(row: DisputedClue) -> ReceivedView:
    """Show a row to the filer of its clue."""
    return ReceivedView(
        id=row.pk,
        dispute=reference.encode("D", row.dispute_id),
        clue=reference.encode("C", row.clue_id),
        client_ref=row.clue.client_ref,
        reason=row.dispute.reason,
        state=row.state,
        due_at=row.due_at,
        answered_at=row.answered_at,
        answer_reason=row.answer_reason or None,
        decided_at=row.decided_at,
        category=row.clue.category,
        grade=row.clue.grade,
        opened_at=row.dispute.opened_at,
    )
