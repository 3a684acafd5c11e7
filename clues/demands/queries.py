"""Reads of demands: an institution sees its own. That somebody else was asked is nobody's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Clue, EvidenceDemand
from members.models import reference
from members.permissions import Viewer


class DemandNotFound(Refusal):
    """No such demand, or not about a clue of this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such demand for evidence."))


@dataclass(frozen=True, slots=True)
class DemandView:
    """One demand as the institution that has to answer it sees it. `client_ref` is empty once the clue was deleted."""

    id: int
    demand: str
    clue: str
    client_ref: str
    category: str
    cause: str
    draw_size: int | None
    draw_root: str
    committed: str
    state: str
    asked_at: datetime
    due_at: datetime
    attempts: int
    opened_at: datetime | None
    decided_at: datetime | None
    reason: str


STATES = (EvidenceDemand.OPEN, EvidenceDemand.OPENED, EvidenceDemand.ACCEPTED, EvidenceDemand.REFUTED,
          EvidenceDemand.FAILED, EvidenceDemand.MOOT)  # fmt: skip


def list_demands(
    *, viewer: Viewer, state: str | None = None, before: int | None = None, limit: int = 50
) -> list[DemandView]:
    """Return the demands to the viewer's institution, newest first, `before` an id (exclusive). Raise Refusal `field-invalid`."""
    rows = EvidenceDemand.objects.filter(institution_id=viewer.institution_id).order_by("-id")
    if state is not None:
        if state not in STATES:
            raise Refusal("field-invalid", gettext_noop("There is no such state."), field="state")
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[:limit])
    refs = dict(
        Clue.objects.filter(
            institution_id=viewer.institution_id, pk__in=[row.clue_id for row in found]
        ).values_list("pk", "client_ref")
    )  # fmt: skip
    return [view(row, refs.get(row.clue_id, "")) for row in found]


def get_demand(*, demand: str, viewer: Viewer) -> DemandView:
    """Return one demand. Raise DemandNotFound, for strangers too."""
    return view(find_own(demand, viewer))


def count_open(*, viewer: Viewer) -> int:
    """Return how many demands the institution has to answer."""
    return EvidenceDemand.objects.filter(
        institution_id=viewer.institution_id, state=EvidenceDemand.OPEN
    ).count()  # fmt: skip


def find_own(demand: str, viewer: Viewer) -> EvidenceDemand:
    """Return the row of a demand to the viewer's institution. Raise DemandNotFound."""
    number = reference.decode("ED", demand) or 0
    row = EvidenceDemand.objects.filter(pk=number, institution_id=viewer.institution_id).first()
    if row is None:
        raise DemandNotFound
    return row


def view(row: EvidenceDemand, client_ref: str | None = None) -> DemandView:
    """Return the demand as its institution sees it."""
    if client_ref is None:
        own = Clue.objects.filter(pk=row.clue_id, institution_id=row.institution_id)
        client_ref = own.values_list("client_ref", flat=True).first() or ""
    return DemandView(
        id=row.pk,
        demand=row.ref,
        clue=reference.encode("C", row.clue_id),
        client_ref=client_ref,
        category=row.category,
        cause=row.cause,
        draw_size=row.draw_size,
        draw_root=row.draw_root,
        committed=row.committed,
        state=row.state,
        asked_at=row.asked_at,
        due_at=row.due_at,
        attempts=row.attempts,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        reason=row.decision_reason,
    )
