"""What follows from a review: whoever watches an identifier hears of a report that a review lets answer.

Nothing else does. Screenings read the review itself, and matches and rings never depended on it.
"""

from datetime import datetime

from django.db import connection, transaction

from . import watch_sql
from .retry import with_retry

# A review that the alliance has to decide about waits here until it has.
TAKE = """
SELECT v.id, v.clue_id FROM clue_review v
WHERE v.told_at IS NULL AND v.voided_at IS NULL AND v.decision = 'confirmed'
    AND (v.grade <> 'A' OR v.desk_decision <> '')
ORDER BY v.id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
TOLD = "UPDATE clue_review SET told_at = %(now)s WHERE id = ANY(%(reviews)s)"


def tell_watchers(*, limit: int, now: datetime) -> int:
    """Tell watchers of what was confirmed since; return how many reviews were dealt with. Any number of workers may."""
    return with_retry(lambda: _tell(limit, now), what="reviews")


def _tell(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE, {"limit": limit})
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute(watch_sql.ANY_WATCH)
        if cursor.fetchone()[0]:
            cursor.execute(watch_sql.TELL_REVIEWED, {"clues": [clue for _, clue in rows]})
        cursor.execute(TOLD, {"now": now, "reviews": [review for review, _ in rows]})
    return len(rows)
