"""Source quality: how often others confirmed or refuted what an institution reported, reckoned anew from what was said.

Only independent voices count, once for each match and group; a decided dispute and a demand for evidence
count once for their clue. Withdrawing a
clue in answer to a dispute is no refutation: whoever takes a mistake back must not be worse off than who does not.
"""

from __future__ import annotations

from django.db import connection, transaction

from aif_share.vocabulary import feedback_verdicts
from clues.matching import facts, score

CONFIRMING = [row.code for row in feedback_verdicts.ROWS if row.quality > 0]
REFUTING = [row.code for row in feedback_verdicts.ROWS if row.quality < 0]

CHANGED = """
SELECT EXISTS (SELECT 1 FROM feedback WHERE applied_at IS NULL)
    OR EXISTS (SELECT 1 FROM disputed_clue WHERE state IN ('lapsed', 'upheld', 'rejected')
        AND applied_at > coalesce((SELECT max(computed_at) FROM source_quality), '-infinity'))
    OR EXISTS (SELECT 1 FROM evidence_demand WHERE state IN ('accepted', 'refuted', 'failed')
        AND applied_at > coalesce((SELECT max(computed_at) FROM source_quality), '-infinity'))
"""
_STEP = score.sql_quality_step(confirmed="t.confirmed", refuted="t.refuted")
RECKON = f"""
WITH said AS (
    SELECT p.institution_id, f.verdict = ANY(%(confirming)s) AS confirms, {facts.sql_fact("p")} AS fact, giver.group_id
    FROM feedback f
    JOIN institution giver ON giver.id = f.institution_id AND giver.state = 'live'
    JOIN match_party p ON p.match_id = f.match_id AND p.group_id <> giver.group_id
        AND {facts.sql_told_at("p")} <= f.given_at  -- who joined later is not whom it was said of
    WHERE f.verdict = ANY(%(confirming)s || %(refuting)s)
), judged AS (
    SELECT DISTINCT institution_id, state = 'rejected' AS confirms, clue_id FROM disputed_clue
    WHERE state IN ('lapsed', 'upheld', 'rejected')
    UNION
    SELECT institution_id, state = 'accepted', clue_id FROM evidence_demand
    WHERE state IN ('accepted', 'refuted', 'failed') AND applied_at IS NOT NULL
), counted AS (
    SELECT institution_id, confirms, count(DISTINCT (fact, group_id)) AS n FROM said GROUP BY 1, 2
    UNION ALL
    SELECT institution_id, confirms, count(*) FROM judged GROUP BY 1, 2
), totals AS (
    SELECT i.id AS institution_id, coalesce(sum(n) FILTER (WHERE confirms), 0)::int AS confirmed,
        coalesce(sum(n) FILTER (WHERE NOT confirms), 0)::int AS refuted
    FROM institution i LEFT JOIN counted c ON c.institution_id = i.id GROUP BY i.id
), before AS MATERIALIZED (
    SELECT institution_id, step FROM source_quality
), put AS (
    INSERT INTO source_quality (institution_id, confirmed, refuted, step, computed_at)
    SELECT t.institution_id, t.confirmed, t.refuted, {_STEP}, clock_timestamp() FROM totals t
    ON CONFLICT (institution_id) DO UPDATE SET confirmed = EXCLUDED.confirmed, refuted = EXCLUDED.refuted,
        step = EXCLUDED.step, computed_at = EXCLUDED.computed_at
    RETURNING institution_id, step
)
SELECT p.institution_id FROM put p LEFT JOIN before b USING (institution_id)
WHERE p.step <> coalesce(b.step, {score.UNKNOWN})
"""  # noqa: S608 - made from the tables of score.py
TAKE = "SELECT id FROM feedback WHERE applied_at IS NULL FOR UPDATE SKIP LOCKED"
TAKEN = "UPDATE feedback SET applied_at = clock_timestamp() WHERE id = ANY(%(feedback)s)"


def has_changed() -> bool:
    """Whether anybody said anything since the last reckoning."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED)
        return bool(cursor.fetchone()[0])


@transaction.atomic
def reckon() -> list[int]:
    """Bring every institution's quality up to date; return those whose step changed: their matches' scores are stale."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        taken = [number for (number,) in cursor.fetchall()]
        cursor.execute(RECKON, {"confirming": CONFIRMING, "refuting": REFUTING})
        changed = [number for (number,) in cursor.fetchall()]
        cursor.execute(TAKEN, {"feedback": taken})
    return changed
