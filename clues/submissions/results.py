"""The outcome of each row of a batch: page by page, or all of them, one chunk in memory at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection

from aif_share.errors import Refusal
from clues.models import Batch, BatchChunk
from members.permissions import Viewer

from .queries import RowResult, get_batch

# What a chunk says of its rows. `refs` are those taken at the door, `refusals` the others, both in row order.
READ = "SELECT refs, refusals::text, outcomes::text, state FROM batch_chunk WHERE batch_id = %s AND no = %s"
REJECTED_CODE = "batch-rejected"
FINAL = (Batch.DONE, Batch.REJECTED, Batch.HELD)


def list_results(
    *, batch: str, viewer: Viewer, after: int = -1, limit: int = 1000
) -> tuple[list[RowResult], int | None]:
    """Return per-row results behind row `after`, and the row to go on from (None at the end).

    Results come in row order and end before the first chunk that still waits, so that a reader who goes on from there
    later misses none. Raise BatchNotFound, for strangers too.
    """
    found: list[RowResult] = []
    number = get_batch(batch=batch, viewer=viewer).id
    for no in _list_finished(number, after):
        found += _read(number, no, after, limit + 1 - len(found))
        if len(found) > limit:
            return found[:limit], found[limit - 1].row
    return found, None


def open_results(*, batch: str, viewer: Viewer) -> Iterator[list[RowResult]]:
    """Return the results of all rows, a list for each chunk, read as they are asked for.

    Raise BatchNotFound, for strangers too, and Refusal `batch-unfinished` while there are rows without an outcome.
    """
    found = get_batch(batch=batch, viewer=viewer)
    if found.state not in FINAL:
        raise Refusal("batch-unfinished", "Rows of this batch still wait. Ask again when its state is `done`.")
    return (_read(found.id, no, -1, None) for no in _list_finished(found.id, -1))


def _list_finished(batch: int, after: int) -> list[int]:
    """Return the numbers of the chunks to read: from the one of the row behind `after`, up to the first that waits.

    One that was set aside has no results and does not hold up those behind it.
    """
    numbers: list[int] = []
    for no, first, state in (
        BatchChunk.objects.filter(batch_id=batch).order_by("no").values_list("no", "first_row", "state")
    ):
        if state == BatchChunk.RECEIVED:
            break
        if first <= after + 1:
            numbers.clear()
        if state in (BatchChunk.DONE, BatchChunk.REJECTED):
            numbers.append(no)
    return numbers


def _read(batch: int, no: int, after: int, limit: int | None) -> list[RowResult]:
    """Return the results of one chunk behind row `after`, `limit` at most: refused, duplicate, else accepted.

    Of a chunk that the alliance rejected, all are refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, [batch, no])
        row = cursor.fetchone()
    if row is None:  # deleted by retention since it was listed
        return []
    taken = _cut(orjson.loads(bytes(row[0])), after, limit)
    refused = _cut(orjson.loads(row[1]), after, limit)
    later = {number: (ref, outcome, code) for number, ref, outcome, code in orjson.loads(row[2])}
    usual = ("refused", REJECTED_CODE) if row[3] == BatchChunk.REJECTED else ("accepted", None)
    found = [RowResult(number, *later.get(number, (ref, *usual))) for number, ref in taken]
    if refused:
        found += [RowResult(number, ref, "refused", code) for number, ref, code in refused]
        found.sort(key=lambda result: result.row)
    return found[:limit]


def _cut(rows: Sequence[Any], after: int, limit: int | None) -> Sequence[Any]:
    start = bisect_right(rows, after, key=itemgetter(0))
    return rows[start:] if limit is None else rows[start : start + limit]
