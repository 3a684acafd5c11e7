"""The recount: whatever happened to clues or noise lists, bring what follows from it in line with the base tables.

What follows is which sightings count, the hub, matches, parties, and the events that tell of the difference. It is a pure
function of clues, sightings, institutions and noise lists, so neither order nor repetition matters.

As in matching (`sql`), the hub rows are locked first, in (type, epoch, token) order, and everything is read by new
statements afterwards: whoever else touches one of these identifiers has committed, or waits.

    with transaction.atomic(), connection.cursor() as cursor:
        recount.prepare(cursor)
        recount.touch(cursor, "SELECT type, epoch, token FROM …", {…})
        recount.lock(cursor)
        …                       # changes of sightings, if any
        recount.bring_in_line(cursor)
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from aif_share.identifiers import types
from aif_share.vocabulary import roles

from . import facts, recount_sql, sql
from .retry import with_retry

SCORING: Final = [row.code for row in roles.ROWS if row.scoring]
LINKING: Final = [code for code, kind in types().items() if kind.link > 0]
SLICE = 20_000
WORTH_STATISTICS = 1_000  # rows; below, the planner's guess for a temporary table is good enough

Token = tuple[str, int, UUID]


def prepare(cursor: Any) -> None:
    """Make the temporary tables of this session, empty."""
    cursor.execute(recount_sql.TEMPORARY)


def touch(cursor: Any, tokens: str, parameters: Mapping[str, Any] | None = None) -> int:
    """Add the identifiers that a SELECT of (type, epoch, token) finds; return how many rows it added."""
    cursor.execute(
        f"INSERT INTO touched (type, epoch, token) SELECT DISTINCT * FROM ({tokens}) q ON CONFLICT DO NOTHING",  # noqa: S608 # nosec B608
        parameters,
    )
    return int(cursor.rowcount)


def touch_tokens(cursor: Any, tokens: Iterable[Token]) -> int:
    """Add these identifiers; return how many."""
    rows = list(tokens)
    return touch(
        cursor,
        "SELECT * FROM unnest(%(types)s::text[], %(epochs)s::integer[], %(tokens)s::uuid[])",
        {
            "types": [kind for kind, _, _ in rows],
            "epochs": [epoch for _, epoch, _ in rows],
            "tokens": [str(token) for _, _, token in rows],
        },
    )


def lock(cursor: Any) -> None:
    """Lock the hub rows of what was touched, in order; missing rows are made."""
    cursor.execute("SELECT count(*) FROM touched")
    if cursor.fetchone()[0] > WORTH_STATISTICS:
        cursor.execute("ANALYZE touched")
    cursor.execute(recount_sql.LOCK_HUB)


def bring_in_line(cursor: Any) -> None:
    """Recount what was touched and locked: sightings, hub, matches, parties, events."""
    cursor.execute(sql.HOLD_TICK)
    cursor.execute(recount_sql.COUNT, {"scoring": SCORING, "linking": LINKING})
    cursor.execute(recount_sql.COUNT_HUB)
    cursor.execute(recount_sql.DROP_EMPTY)
    cursor.execute(recount_sql.FIND_MET)
    cursor.execute(sql.TELL_MATCHES)
    find_known_elsewhere(cursor)
    cursor.execute(recount_sql.TELL_DIFFERENCE)
    cursor.execute(sql.TELL_SCORES)
    cursor.execute(recount_sql.UNDO_MATCHES)


def find_known_elsewhere(cursor: Any) -> None:
    """Note which parties of what was touched know as much by a match in another key epoch; call it before sightings go."""
    cursor.execute(sql.EPOCHS_OVERLAP)
    if cursor.fetchone()[0]:
        cursor.execute(sql.FIND_KNOWN_ELSEWHERE)


def keep_known(cursor: Any) -> None:
    """Let the twins of matches that are about to go keep since when their institutions know, and what these made of it.

    Call it before sightings go.
    """
    cursor.execute(sql.HOLD_TICK)
    cursor.execute(facts.KEEP_TOLD)
    cursor.execute(facts.KEEP_VERDICTS)
    cursor.execute(facts.KEEP_WORK)
    cursor.execute(facts.KEEP_READ)


def recount(tokens: Sequence[Token]) -> None:
    """Recount these identifiers, a transaction for each slice, retried where it lost a lock."""
    ordered = sorted(set(tokens), key=lambda token: (token[0], token[1], str(token[2])))
    for first in range(0, len(ordered), SLICE):
        part = ordered[first : first + SLICE]
        with_retry(lambda part=part: _recount_part(part), what="recount")  # type: ignore[misc]


def _recount_part(tokens: Sequence[Token]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        prepare(cursor)
        touch_tokens(cursor, tokens)
        lock(cursor)
        bring_in_line(cursor)
