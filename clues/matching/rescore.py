"""The stored scores of matches: made when something changed, and once a day because what nobody sees again ages.

The hub rows of the matches are locked first, in the order of matching, and everything is read afterwards: whoever
changes one of these identifiers has committed, or waits and then leaves its match unscored again (`sql.TELL_SCORES`).
Rows that are being written are left for the next look. What was not told yet is not scored yet: a score that moves
before the tick would tell of the match's next party.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from aif_share.vocabulary import roles

from . import score
from .retry import with_retry

SCORING = [role.code for role in roles.ROWS if role.scoring]
SLICE = 5_000

# A match that nobody can see yet is scored ahead of its tick; one that was told waits for the tick of what is new.
WAITING = """
SELECT m.id FROM match m
WHERE m.scored_at IS NULL AND m.released_at IS NOT NULL AND (m.released_at > clock_timestamp() OR NOT EXISTS (
    SELECT 1 FROM match_party p
    WHERE p.match_id = m.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp())))
ORDER BY m.id LIMIT %(limit)s
"""
NEXT = """
SELECT m.id FROM match m
WHERE m.id > %(after)s AND m.released_at <= clock_timestamp() AND m.scored_at IS NOT NULL ORDER BY m.id LIMIT %(limit)s
"""
LOCK = """
SELECT m.id FROM match m JOIN identifier h USING (type, epoch, token) WHERE m.id = ANY(%(matches)s)
ORDER BY h.type, h.epoch, h.token FOR NO KEY UPDATE OF h SKIP LOCKED
"""
_TERMS = score.sql_terms(
    kind="f.type",
    groups="f.others",
    live="f.live",
    best_grade="f.best_grade",
    quality="f.quality",
    last_seen_at="f.last_seen_at",
    disputes="f.disputed",
    now="clock_timestamp()",
)
_VALUES = ", ".join(f"({n}, '{name}', {expression})" for n, (name, expression) in enumerate(_TERMS.items()))
SCORE = f"""
WITH facts AS (
    SELECT m.id, m.type, h.last_seen_at, p.others, p.best_grade, p.quality,
        (SELECT count(*) FROM institution WHERE state = 'live') AS live,
        EXISTS (SELECT 1 FROM sighting s JOIN clue c ON c.id = s.clue_id AND c.state = 'disputed'
            WHERE s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.role = ANY(%(scoring)s)) AS disputed
    FROM match m JOIN identifier h USING (type, epoch, token)
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT p.group_id) - 1 AS others, min(p.best_grade) AS best_grade,
            max(coalesce(q.step, {score.UNKNOWN})) AS quality
        FROM match_party p JOIN institution i ON i.id = p.institution_id AND i.state = 'live'
        LEFT JOIN source_quality q ON q.institution_id = p.institution_id
        WHERE p.match_id = m.id AND p.released_at <= greatest(m.released_at, clock_timestamp())
    ) p
    WHERE m.id = ANY(%(matches)s) AND p.others > 0
), scored AS (
    SELECT f.id, sum(v.points) AS score,
        jsonb_agg(jsonb_build_object('term', v.term, 'points', v.points) ORDER BY v.n)
            FILTER (WHERE v.points <> 0) AS terms
    FROM facts f CROSS JOIN LATERAL (VALUES {_VALUES}) AS v (n, term, points)
    GROUP BY f.id
)
UPDATE match m SET score = s.score, terms = s.terms, scored_at = clock_timestamp()
FROM scored s WHERE m.id = s.id AND (m.scored_at IS NULL OR (m.score, m.terms) IS DISTINCT FROM (s.score, s.terms))
"""  # noqa: S608 - made from the tables of score.py
FORGET = """
UPDATE match SET scored_at = NULL WHERE id IN (
    SELECT p.match_id FROM match_party p JOIN match m ON m.id = p.match_id AND m.scored_at IS NOT NULL
    WHERE p.institution_id = ANY(%(institutions)s) AND p.match_id > %(after)s ORDER BY p.match_id LIMIT %(limit)s
)
RETURNING id
"""


def rescore_pending(*, limit: int = SLICE) -> int:
    """Score up to `limit` matches of which something changed; return how many were scored."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"limit": limit})
        found = [number for (number,) in cursor.fetchall()]
    return _score(found) if found else 0


def rescore_all() -> int:
    """Score every told match anew, a slice at a time; return how many scores changed."""
    after, changed = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT, {"after": after, "limit": SLICE})
            found = [number for (number,) in cursor.fetchall()]
        if not found:
            return changed
        changed += _score(found)
        after = found[-1]


def forget_scores_of(institutions: Sequence[int]) -> None:
    """Let all matches of these institutions wait for a new score, a slice at a time."""
    after = 0

    def mark() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, {"institutions": list(institutions), "after": after, "limit": SLICE})
            return [number for (number,) in cursor.fetchall()]

    # Matching writes the same rows in an order of its own, and nobody else would remember whose scores are stale.
    while institutions and (found := with_retry(mark, what="stale scores")):
        after = max(found)


def _score(matches: Sequence[int]) -> int:
    scored = 0

    def attempt() -> Any:
        nonlocal scored
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LOCK, {"matches": list(matches)})
            locked = [number for (number,) in cursor.fetchall()]
            cursor.execute(SCORE, {"matches": locked, "scoring": SCORING})
            scored = cursor.rowcount

    with_retry(attempt, what="scores")
    return scored
