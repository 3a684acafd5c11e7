"""The worker's part: whoever acted on a ground that has fallen is told to lift, once a fall; and reviews that are due.

The ground of a measure is what stood when it was taken: the institution's own clue, the match, the case. Web, desk and
matcher end clues, matches and cases as ever and know nothing of measures; what follows for them is found here, by
statements over whole sets. One notice a fall is the database's word (`lift_notice_once_a_fall`), so running twice, or in
two workers, is harmless.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.timezone import localdate

from aif_share.vocabulary import dispositions
from clues import events
from clues.working_days import end_of_working_day
from members import audit
from members.permissions import Job

LIFT_DAYS: Final = 3
"""Working days to lift what has lost its ground, or to say on which grounds of one's own it stays."""

# The match stands for the institution as long as it is a party: the matcher keeps parties only where two groups meet, and
# takes those out that left. What a dispute undid that is not decided yet has fallen too: the person concerned need not
# wait for the decision. Plain joins, so that a hundred thousand measures are compared by hash and not one by one.
# A case that was approved stands by itself: its evidence went through four eyes, and its match may end meanwhile.
GROUNDS = """
SELECT d.id, d.institution_id, CASE
    WHEN d.subject = 'clue' AND c.id IS NULL THEN 'expired'
    WHEN d.subject = 'clue' AND c.state = 'expired' THEN 'expired'
    WHEN d.subject = 'clue' AND c.state = 'withdrawn' THEN coalesce((
        SELECT CASE h.reason WHEN 'dispute-upheld' THEN 'refuted' WHEN 'dispute-lapsed' THEN 'lapsed' ELSE 'withdrawn' END
        FROM clue_change h WHERE h.clue_id = c.id AND h.kind = 'withdrawn' ORDER BY h.id DESC LIMIT 1), 'withdrawn')
    WHEN d.match_id IS NOT NULL AND own.id IS NULL THEN 'undone'
    WHEN f.state = 'dismissed' THEN 'dismissed'
    WHEN f.state = ANY(%(early)s) AND f.match_id IS NOT NULL AND party.id IS NULL THEN 'undone'
    WHEN f.state = ANY(%(early)s) AND r.state = 'dissolved' THEN 'undone'
END AS cause
FROM disposition d
LEFT JOIN clue c ON c.id = d.clue_id
LEFT JOIN case_file f ON f.id = d.case_id
LEFT JOIN ring r ON r.id = f.ring_id
LEFT JOIN match_party own ON own.match_id = d.match_id AND own.institution_id = d.institution_id
LEFT JOIN match_party party ON party.match_id = f.match_id AND party.institution_id = d.institution_id
WHERE d.state <> 'lifted' AND d.kind = ANY(%(kinds)s)
"""
RAISE = f"""
WITH fallen AS (
    SELECT g.id, g.institution_id, g.cause FROM ({GROUNDS}) g
    WHERE g.cause IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM lift_notice n WHERE n.disposition_id = g.id AND n.ended_at IS NULL)
    ORDER BY g.id LIMIT %(limit)s
), raised AS (
    INSERT INTO lift_notice (disposition_id, institution_id, cause, raised_at, due_at, answer, reason, note, answered_by_ref)
    SELECT id, institution_id, cause, %(now)s, %(due)s, '', '', '', '' FROM fallen ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING disposition_id, institution_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'DI', disposition_id, clock_timestamp() FROM raised ORDER BY disposition_id
"""  # noqa: S608
# The ground stands again, as after a dispute in vain: a notice that waits is called off, an answered one is of the past,
# and the next fall is told anew.
CALL_OFF = f"""
WITH standing AS (
    SELECT n.id FROM lift_notice n JOIN ({GROUNDS}) g ON g.id = n.disposition_id
    WHERE n.ended_at IS NULL AND g.cause IS NULL ORDER BY n.id LIMIT %(limit)s
), ended AS (
    UPDATE lift_notice n SET ended_at = %(now)s FROM standing s WHERE n.id = s.id AND n.ended_at IS NULL
    RETURNING n.disposition_id, n.institution_id, n.answered_at
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'DI', disposition_id, clock_timestamp() FROM ended WHERE answered_at IS NULL
ORDER BY disposition_id
"""  # noqa: S608
TELL_REVIEWS = """
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
EARLY: Final = ["candidate", "triage", "lead-claimed", "joint", "evidence-ready"]


def raise_lifts(*, limit: int, now: datetime) -> int:
    """Tell whoever acted on a ground that has fallen; return how many notices were raised."""
    return _tell(
        RAISE, events.LIFT_DUE, limit, now, verb="disposition.lift.raise", due=end_of_working_day(now, days=LIFT_DAYS)
    )


def call_off(*, limit: int, now: datetime) -> int:
    """End the notices whose ground stands again; return how many institutions were told."""
    return _tell(CALL_OFF, events.LIFT_CALLED_OFF, limit, now, verb="disposition.lift.call-off")


def tell_reviews(*, limit: int, now: datetime) -> int:
    """Tell whose review is due, once for each date; return how many."""
    return _tell(TELL_REVIEWS, events.REVIEW_DUE, limit, now, today=localdate(now))


def _tell(statement: str, kind: str, limit: int, now: datetime, *, verb: str | None = None, **names: Any) -> int:
    names |= {"kind": kind, "limit": limit, "now": now, "kinds": list(dispositions.TO_LIFT), "early": EARLY}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, names)
        told = int(cursor.rowcount)
        if told and verb is not None:
            audit.record(verb, actor=Job("lifts"), detail={"told": told})
    return told
