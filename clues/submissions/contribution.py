"""What an institution has brought in so far, and why rows of a batch were refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Sum

from clues.models import Batch, BatchChunk
from clues.submissions.queries import RowResult, get_batch
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Contribution:
    """Sums over all batches of an institution; `working` are the batches still on their way."""

    batches: int
    accepted: int
    duplicates: int
    refused: int
    working: int


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused rows of a batch: how many by code, and the first of them in row order."""

    counts: tuple[tuple[str, int], ...]
    rows: tuple[RowResult, ...]


def get_contribution(*, viewer: Viewer) -> Contribution:
    """Return the sums over the viewer's own batches."""
    own = Batch.objects.filter(institution_id=viewer.institution_id)
    sums = own.aggregate(
        batches=Count("pk"), accepted=Sum("accepted"), duplicates=Sum("duplicates"), refused=Sum("refused")
    )
    working = own.filter(state__in=(Batch.RECEIVED, Batch.PROCESSING)).count()
    return Contribution(working=working, **{name: number or 0 for name, number in sums.items()})


def get_refusals(*, batch: str, viewer: Viewer, limit: int = 200) -> Refusals:
    """Return why rows of the batch were refused, most frequent code first, and the first `limit` of them.

    Raise BatchNotFound, for strangers too.
    """
    found = get_batch(batch=batch, viewer=viewer)
    refused: list[RowResult] = []
    for at_the_door, outcomes in (
        BatchChunk.objects.filter(batch_id=found.id).order_by("no").values_list("refusals", "outcomes")
    ):
        refused += [RowResult(row, ref, "refused", code) for row, ref, code in at_the_door]
        refused += [RowResult(row, ref, "refused", code) for row, ref, what, code in outcomes if what == "refused"]
    refused.sort(key=lambda result: result.row)
    counts = Counter(result.code or "" for result in refused)
    return Refusals(counts=tuple(counts.most_common()), rows=tuple(refused[:limit]))
