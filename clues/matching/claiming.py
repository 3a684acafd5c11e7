"""Which waiting chunk comes next: institutions take turns, so that nobody waits for another one's backlog."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection

MOST_WORKERS: Final = 32
"""Chunks of one institution that may be in work at once; more workers would find the others' chunks only."""

RESTED: Final = """(k.attempts = 0
    OR k.claimed_at < clock_timestamp() - interval '1 second' * least(10, power(2, k.attempts - 1)))"""
"""An interrupted chunk rests for 1, 2, 4, 8, then 10 seconds."""

SUSPECT: Final = "(k.attempts > 1 OR k.attempts = 1 AND k.search IS NOT NULL)"
"""In its second attempt at least, or searched for what ends workers: a first attempt is what every healthy chunk is in."""

# One hop of the index for each institution that has chunks waiting, however many those are. The turn goes to the next
# institution after the one served last, in the order of their numbers; inside of it the first that arrived comes first, so
# that an interrupted chunk is not behind all that came since. But what ends workers must not end one after the other: the
# chunk rests, and as long as a suspect one does, its institution has no turn, for what is wrong with one of its chunks is
# often wrong with the next. The others do not wait for that.
CLAIM: Final = f"""
WITH RECURSIVE waiting AS (
    (SELECT institution_id FROM batch_chunk WHERE state = 'received' ORDER BY institution_id LIMIT 1)
    UNION ALL
    SELECT (SELECT k.institution_id FROM batch_chunk k WHERE k.state = 'received' AND k.institution_id > w.institution_id
        ORDER BY k.institution_id LIMIT 1)
    FROM waiting w WHERE w.institution_id IS NOT NULL
), first AS MATERIALIZED (
    SELECT f.* FROM waiting w CROSS JOIN LATERAL (
        SELECT k.id, k.institution_id, {RESTED} AS rested, {SUSPECT} AS suspect FROM batch_chunk k
        WHERE k.state = 'received' AND k.institution_id = w.institution_id
        ORDER BY k.id LIMIT %(workers)s
    ) f
)
UPDATE batch_chunk SET attempts = attempts + 1, claimed_at = clock_timestamp()
WHERE id = (
    SELECT k.id FROM batch_chunk k
    WHERE k.id = ANY (ARRAY(
            SELECT f.id FROM first f
            WHERE f.rested AND f.institution_id NOT IN (SELECT s.institution_id FROM first s WHERE s.suspect AND NOT s.rested)
        ))
        AND k.state = 'received' AND {RESTED}
    ORDER BY k.institution_id <= %(served)s, k.institution_id, k.id
    LIMIT 1 FOR UPDATE OF k SKIP LOCKED
)
RETURNING id, attempts, search IS NOT NULL, search IS NOT NULL AND search -> 'open' <> '[]', institution_id
"""  # noqa: S608 - put together from literals

_served = 0  # by this process; each worker takes turns for itself


class Claimed(NamedTuple):
    """A claim, this attempt counted in; whether the chunk is, or was, searched for what ends workers (`suspects`)."""

    chunk: int
    attempts: int
    searched: bool = False
    searching: bool = False


def claim() -> Claimed | None:
    """Claim the next chunk, committing the attempt before the work; None when nothing waits."""
    global _served
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"served": _served, "workers": MOST_WORKERS})
        row = cursor.fetchone()
    if row is None:
        return None
    *said, _served = row
    return Claimed(*said)
