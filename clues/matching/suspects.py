"""The search for the rows of a chunk that no worker survives.

`batch_chunk.search` is {"open": [[first, last], …], "rows": [row, …]}: ranges of rows, by their numbers in the batch, that
still have to be looked at, and the rows found. A look does all the work of a range and takes it back: who survives it
strikes the range off. A range that ends a worker is cut in PIECES, a single row is set aside at its DEATHS-th. Attempts
are counted from the last such step on, and each was committed before its work. So 20,000 rows with one such row cost nine
workers, and the rest of the chunk is then done at once, as if the row had not been there. With more than MOST_ROWS such rows
the search ends, and the chunk is held as a whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

import orjson
from django.db import connection, transaction

from clues.models import BatchHold

from . import sql
from .held import hold
from .retry import with_retry
from .steps import cut, lock, numbered, take

log = logging.getLogger(__name__)

DEATHS = 3
PIECES = 16

MOST_ROWS: Final = 10
"""Rows that a search sets aside at most. With more of them it is no row that is wrong, and each costs some seven workers."""

KEEP = "UPDATE batch_chunk SET search = %s, attempts = 0 WHERE id = %s"


class _TakeBack(Exception):
    """Ends the savepoint of a look."""


def begin(chunk_id: int) -> None:
    """Begin the search in a chunk that has ended DEATHS workers."""
    with transaction.atomic(), connection.cursor() as cursor:
        chunk = lock(cursor, chunk_id)
        if chunk is None:
            return
        rows = [row for row, _line in numbered(chunk.clue_rows)]
        _keep(cursor, chunk_id, {"open": _pieces(rows), "rows": []})
    log.error("chunk %d ended %d workers; its %d rows are searched", chunk_id, DEATHS, len(rows))


def look(chunk_id: int, *, attempts: int) -> bool:
    """Look at the next range of a chunk under search; False when another worker holds it. `attempts` counts this one in."""
    return with_retry(lambda: _look_once(chunk_id, attempts), what=f"search in chunk {chunk_id}")


def _look_once(chunk_id: int, attempts: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.TEMPORARY)
    with transaction.atomic(), connection.cursor() as cursor:
        chunk = lock(cursor, chunk_id)
        if chunk is None or not chunk.search or not chunk.search["open"]:
            return False
        (first, last), *others = chunk.search["open"]
        found = list(chunk.search["rows"])
        if attempts <= (DEATHS if first == last else 1):
            _survive(cursor, lambda: take(cursor, cut(chunk, lambda row: first <= row <= last)))
        elif first == last:
            found.append(first)
            log.error("row %d of chunk %d ended %d workers and is set aside", first, chunk_id, DEATHS)
            if len(found) > MOST_ROWS:
                hold(chunk_id, cause=BatchHold.ROWS_FAILED)
                return True
        else:
            rows = [row for row, _line in numbered(chunk.clue_rows) if first <= row <= last]
            others = _pieces(rows) + others
        _keep(cursor, chunk_id, {"open": others, "rows": found})
    return True


def _survive(cursor: Any, work: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            work()
            raise _TakeBack
    except _TakeBack:
        pass


def _keep(cursor: Any, chunk_id: int, search: dict[str, Any]) -> None:
    cursor.execute(KEEP, [orjson.dumps(search).decode(), chunk_id])


def _pieces(rows: list[int]) -> list[list[int]]:
    size = -(-len(rows) // PIECES)
    cuts = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [[part[0], part[-1]] for part in cuts]
