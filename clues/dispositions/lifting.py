"""The worker's part: whoever acted on a ground that has fallen is told to lift, once a fall; and reviews that are due.

Web, desk and matcher end clues, matches and cases as ever and know nothing of measures. Triggers note which measures rest on
what changed (`ground_check`), and those alone are compared (clues/dispositions/grounds.py). Beside them every turn compares
a slice of all live measures, so that nothing is missed that no trigger sees: a measure that was recorded while its ground
fell, or a way of falling that somebody adds later. One open notice a measure is the database's word
(`lift_notice_once_a_fall`), so running twice, or in two workers, is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.timezone import localdate

from aif_share.vocabulary import dispositions, lift_causes
from clues import events
from clues.working_days import end_of_working_day
from members import audit
from members.permissions import Job

from .grounds import CAUSES, EARLY

LIFT_DAYS: Final = 3
"""Working days to lift what has lost its ground, or to say on which grounds of one's own it stays."""

# By a bound and not by a list of numbers: a queue that has just grown is larger than the planner knows.
TAKE: Final = """
DELETE FROM ground_check WHERE id <= (
    SELECT max(id) FROM (SELECT id FROM ground_check ORDER BY id LIMIT %(limit)s) first)
RETURNING disposition_id
"""
SLICE: Final = """
SELECT id FROM disposition WHERE id > %(after)s AND state <> 'lifted' ORDER BY id LIMIT %(limit)s
"""
_GRAVITY: Final = " ".join(f"WHEN '{row.code}' THEN {row.gravity}" for row in lift_causes.ROWS)
# What was told of something lighter, answered or not, gives way: the ground is another one now.
GIVE_WAY: Final = f"""
UPDATE lift_notice n SET ended_at = %(now)s FROM ({CAUSES} AND d.id = ANY(%(measures)s)) g
WHERE n.disposition_id = g.id AND n.ended_at IS NULL AND n.answer <> 'lifted'
    AND CASE g.cause {_GRAVITY} END > CASE n.cause {_GRAVITY} END
"""  # noqa: S608
# An answer that was awaited stays due when it was.
RAISE: Final = f"""
WITH fallen AS (
    SELECT g.id, g.institution_id, g.cause FROM ({CAUSES} AND d.id = ANY(%(measures)s)) g
    WHERE g.cause IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM lift_notice n WHERE n.disposition_id = g.id AND n.ended_at IS NULL)
), raised AS (
    INSERT INTO lift_notice (disposition_id, institution_id, cause, raised_at, due_at, answer, reason, note, answered_by_ref)
    SELECT id, institution_id, cause, %(now)s, least(%(due)s, (
        SELECT min(o.due_at) FROM lift_notice o
        WHERE o.disposition_id = fallen.id AND o.ended_at = %(now)s AND o.answered_at IS NULL)), '', '', '', ''
    FROM fallen ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING disposition_id, institution_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'DI', disposition_id, clock_timestamp() FROM raised ORDER BY disposition_id
"""  # noqa: S608
# The ground stands again, as after a dispute in vain: a notice that waits is called off, an answered one is of the past,
# and the next fall is told anew.
CALL_OFF: Final = f"""
WITH standing AS (
    SELECT n.id FROM lift_notice n JOIN ({CAUSES}) g ON g.id = n.disposition_id
    WHERE n.ended_at IS NULL AND n.answer <> 'lifted' AND g.cause IS NULL ORDER BY n.id LIMIT %(limit)s
), ended AS (
    UPDATE lift_notice n SET ended_at = %(now)s FROM standing s WHERE n.id = s.id AND n.ended_at IS NULL
    RETURNING n.disposition_id, n.institution_id, n.answered_at
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'DI', disposition_id, clock_timestamp() FROM ended WHERE answered_at IS NULL
ORDER BY disposition_id
"""  # noqa: S608
TELL_REVIEWS: Final = """
WITH due AS (
    UPDATE disposition d SET review_told_at = %(now)s WHERE d.id IN (
        SELECT id FROM disposition WHERE review_date <= %(today)s AND review_told_at IS NULL AND review_date IS NOT NULL
            AND state <> 'lifted'
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING d.id, d.institution_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'DI', id, clock_timestamp() FROM due ORDER BY id
"""


@transaction.atomic
def raise_lifts(*, limit: int, now: datetime) -> int:
    """Compare up to `limit` measures whose ground was touched; return how many institutions' measures were told of."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"limit": limit})
        touched = sorted({number for (number,) in cursor.fetchall()})
    return _raise(touched, now)


def sweep(*, after: int, limit: int, now: datetime) -> tuple[int, int]:
    """Compare the next `limit` live measures behind row number `after`; return how many were told of, and how far it came.

    After the last one it begins again: 0.
    """
    with connection.cursor() as cursor:
        cursor.execute(SLICE, {"after": after, "limit": limit})
        measures = [number for (number,) in cursor.fetchall()]
    return _raise(measures, now), measures[-1] if len(measures) == limit else 0


def call_off(*, limit: int, now: datetime) -> int:
    """End the notices whose ground stands again; return how many institutions were told."""
    with transaction.atomic():
        told = _run(CALL_OFF, kind=events.LIFT_CALLED_OFF, limit=limit, now=now)
        _record("disposition.lift.call-off", told)
    return told


def tell_reviews(*, limit: int, now: datetime) -> int:
    """Tell whose review is due, once for each date; return how many."""
    return _run(TELL_REVIEWS, kind=events.REVIEW_DUE, limit=limit, now=now, today=localdate(now))


@transaction.atomic
def _raise(measures: Sequence[int], now: datetime) -> int:
    if not measures:
        return 0
    names = {"measures": list(measures), "now": now}
    _run(GIVE_WAY, **names)
    told = _run(RAISE, kind=events.LIFT_DUE, due=end_of_working_day(now, days=LIFT_DAYS), **names)
    _record("disposition.lift.raise", told)
    return told


def _run(statement: str, **names: Any) -> int:
    names |= {"kinds": list(dispositions.TO_LIFT), "early": EARLY}
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return int(cursor.rowcount)


def _record(verb: str, told: int) -> None:
    if told:
        audit.record(verb, actor=Job("lifts"), detail={"told": told})
