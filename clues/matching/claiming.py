"""Which waiting chunk comes next: institutions take turns, so that nobody waits for another one's backlog."""

from __future__ import annotations

from typing import Final

from django.db import connection

TRIED: Final = 3
"""After so many attempts a chunk waits for those of others: it may be what workers do not survive."""
MOST_WORKERS: Final = 32
"""Chunks of one institution that may be in work at once; more workers would find the others' chunks only."""

# One hop of the index for each institution that has chunks waiting, however many those are. The turn goes to the next
# institution after the one served last, in the order of their numbers; inside of it the first that arrived comes first.
CLAIM: Final = """
WITH RECURSIVE waiting AS (
    (SELECT institution_id FROM batch_chunk WHERE state = 'received' ORDER BY institution_id LIMIT 1)
    UNION ALL
    SELECT (SELECT k.institution_id FROM batch_chunk k WHERE k.state = 'received' AND k.institution_id > w.institution_id
        ORDER BY k.institution_id LIMIT 1)
    FROM waiting w WHERE w.institution_id IS NOT NULL
)
UPDATE batch_chunk SET attempts = attempts + 1, claimed_at = clock_timestamp()
WHERE id = (
    SELECT k.id FROM batch_chunk k
    WHERE k.id = ANY (ARRAY(
            SELECT first.id FROM waiting w CROSS JOIN LATERAL (
                SELECT f.id FROM batch_chunk f
                WHERE f.state = 'received' AND f.institution_id = w.institution_id
                    AND (f.claimed_at IS NULL OR f.claimed_at < clock_timestamp() - interval '1 second')
                ORDER BY f.attempts, f.id LIMIT %(workers)s
            ) first
        ))
        AND k.state = 'received' AND (k.claimed_at IS NULL OR k.claimed_at < clock_timestamp() - interval '1 second')
    ORDER BY k.attempts >= %(tried)s, k.institution_id <= %(served)s, k.institution_id, k.attempts, k.id
    LIMIT 1 FOR UPDATE OF k SKIP LOCKED
)
RETURNING id, attempts, institution_id
"""

_served = 0  # by this process; each worker takes turns for itself


def claim() -> tuple[int, int] | None:
    """Claim the next chunk, committing the attempt before the work; return its number and attempts, or None."""
    global _served
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"served": _served, "tried": TRIED, "workers": MOST_WORKERS})
        row = cursor.fetchone()
    if row is None:
        return None
    chunk, attempts, _served = (int(each) for each in row)
    return chunk, attempts
