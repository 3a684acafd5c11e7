"""Why rows of a batch were refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from clues.models import BatchChunk
from clues.submissions.queries import RowResult, get_batch
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused rows of a batch: how many by code, and the first of them in row order."""

    counts: tuple[tuple[str, int], ...]
    rows: tuple[RowResult, ...]


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
