"""The set-based statements of the recount, named and in the order they run; `recount` says why.

All of them work on the temporary table `touched`: the identifiers of which something changed.
"""

from . import sql

TEMPORARY = f"""
{sql.TEMPORARY}
CREATE TEMPORARY TABLE IF NOT EXISTS touched (
    type text COLLATE "C" NOT NULL, epoch integer NOT NULL, token uuid NOT NULL,
    PRIMARY KEY (type, epoch, token)
) ON COMMIT DELETE ROWS;
DELETE FROM touched;
DELETE FROM met;
DELETE FROM known_elsewhere;
"""  # noqa: S608 - put together from literals

# Creates the rows that are missing, so that there is something to lock; writes nothing else.
LOCK_HUB = """
INSERT INTO identifier AS h (type, epoch, token, groups, sightings, first_seen_at, last_seen_at)
SELECT type, epoch, token, '{}'::bigint[], 0, now(), now() FROM touched ORDER BY type, epoch, token
ON CONFLICT (type, epoch, token) DO UPDATE SET sightings = h.sightings
"""
# A sighting counts when its role scores, its clue is active and no noise list blocks its identifier. Clues whose strong
# identifiers start or stop counting are linked anew by the ring builder.
COUNT = """
WITH flipped AS (
    UPDATE sighting s SET counted = NOT s.counted
    FROM touched t, clue c
    WHERE s.type = t.type AND s.epoch = t.epoch AND s.token = t.token AND c.id = s.clue_id
        AND s.counted <> (s.role = ANY(%(scoring)s) AND c.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM noise_entry e WHERE e.type = t.type AND e.epoch = t.epoch AND e.token = t.token
                AND e.state = 'in-force' AND e.mode = 'block'))
    RETURNING s.clue_id, s.type
)
INSERT INTO ring_relink (clue_id) SELECT DISTINCT clue_id FROM flipped WHERE type = ANY(%(linking)s) ORDER BY clue_id
"""
COUNT_HUB = """
UPDATE identifier h SET groups = k.groups, sightings = k.sightings,
    first_seen_at = k.first_seen_at, last_seen_at = k.last_seen_at
FROM (
    SELECT s.type, s.epoch, s.token, array_agg(DISTINCT i.group_id) AS groups, count(*) AS sightings,
        min(c.received_at) AS first_seen_at, max(c.received_at) AS last_seen_at
    FROM touched t JOIN sighting s USING (type, epoch, token)
    JOIN institution i ON i.id = s.institution_id JOIN clue c ON c.id = s.clue_id
    WHERE s.counted GROUP BY s.type, s.epoch, s.token
) k
WHERE h.type = k.type AND h.epoch = k.epoch AND h.token = k.token
"""
DROP_EMPTY = """
DELETE FROM identifier h USING touched t
WHERE h.type = t.type AND h.epoch = t.epoch AND h.token = t.token AND NOT EXISTS (
    SELECT 1 FROM sighting s WHERE s.type = t.type AND s.epoch = t.epoch AND s.token = t.token AND s.counted)
"""
FIND_MET = """
INSERT INTO met (type, epoch, token, groups)
SELECT s.type, s.epoch, s.token, count(DISTINCT i.group_id)
FROM touched t JOIN sighting s USING (type, epoch, token)
JOIN institution i ON i.id = s.institution_id AND i.state = 'live'
WHERE s.counted GROUP BY s.type, s.epoch, s.token HAVING count(DISTINCT i.group_id) > 1
"""
# A party that was never told of the match loses the event that waits to tell it, and hears nothing.
TELL_DIFFERENCE = f"""
WITH due AS ({sql.DUE}), party AS ({sql.PUT}), before AS (
    SELECT q.match_id, q.institution_id, q.group_id, q.categories, q.best_grade, q.released_at
    FROM touched t JOIN match m USING (type, epoch, token) JOIN match_party q ON q.match_id = m.id
), after AS (
    SELECT match_id, institution_id, group_id, categories, best_grade FROM due
), gone AS (
    DELETE FROM match_party p USING before b
    WHERE p.match_id = b.match_id AND p.institution_id = b.institution_id AND NOT EXISTS (
        SELECT 1 FROM due d WHERE d.match_id = b.match_id AND d.institution_id = b.institution_id)
    RETURNING p.match_id, p.institution_id, p.released_at
), unsaid AS (
    DELETE FROM event e USING gone g
    WHERE e.subject_kind = 'M' AND e.subject_id = g.match_id AND e.institution_id = g.institution_id
        AND e.kind = 'match.released' AND e.seq IS NULL AND g.released_at IS NULL
), {sql.DIFFERENCE}
"""  # noqa: S608 - put together from literals
# The row stays, for cases and disputes refer to it; it may be born again under the same reference.
UNDO_MATCHES = """
UPDATE match m SET released_at = NULL, score = NULL, terms = NULL, scored_at = clock_timestamp()
FROM touched t
WHERE m.type = t.type AND m.epoch = t.epoch AND m.token = t.token
    AND NOT EXISTS (SELECT 1 FROM match_party p WHERE p.match_id = m.id)
"""
