"""The statements that tell watchers, asked only when there is a watch. Hits come with the next tick, as matches do."""

ANY_WATCH = """
SELECT EXISTS (SELECT 1 FROM watch
    WHERE active_at IS NOT NULL AND canceled_at IS NULL AND expires_at > clock_timestamp())
"""
# Watchers hear of what answers a screening from the next tick on, as `aif_answering` says: of a new report, and of earlier
# ones that begin to answer because this one comes from a second institution. What a review lets answer is told by
# `TELL_REVIEWED`. The lawful-use matrix in force says what else the watcher may not learn. One hit for each category and grade
# of a chunk, whatever the number of its clues; an earlier report is not told twice before the tick.
TELL_WATCHES = """
WITH hit AS (
    INSERT INTO watch_hit (watch_id, category, grade, created_at)
    SELECT DISTINCT w.id, c.category, a.grade, clock_timestamp()
    FROM identifier_in i JOIN clue_new n USING (row)
    JOIN watch w ON w.type = i.type AND w.epoch = i.epoch AND w.token = i.token AND w.active_at IS NOT NULL
        AND w.canceled_at IS NULL AND w.expires_at > clock_timestamp()
    JOIN sighting s ON s.type = i.type AND s.epoch = i.epoch AND s.token = i.token AND s.counted
    JOIN clue c ON c.id = s.clue_id AND c.expires_at > clock_timestamp()
    JOIN institution r ON r.id = s.institution_id AND r.state = 'live'
    JOIN institution o ON o.id = w.institution_id AND o.state = 'live' AND o.group_id <> r.group_id
    CROSS JOIN LATERAL aif_answering(c.grade, c.review, s.type, s.epoch, s.token, s.institution_id, 'infinity') a
    JOIN lawful_use_matrix m ON m.state = 'in-force'
    JOIN lawful_use_cell u ON u.matrix_id = m.id AND u.purpose = w.purpose AND u.type = w.type
        AND u.category = c.category AND u.grade = a.grade
    WHERE i.scoring AND (c.id = n.clue_id OR c.review <> 'confirmed' AND EXISTS (
            SELECT 1 FROM match b WHERE b.type = i.type AND b.epoch = i.epoch AND b.token = i.token
                AND b.released_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM watch_hit h WHERE h.watch_id = w.id AND h.category = c.category
            AND h.grade = a.grade AND h.released_at IS NULL))
    RETURNING watch_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT w.institution_id, 'watch.hit', 'W', w.id, clock_timestamp()
FROM watch w WHERE w.id IN (SELECT watch_id FROM hit)
"""

# A report that answered before, as B2 beside another institution's, is no news if the review says no more.
TELL_REVIEWED = """
WITH hit AS (
    INSERT INTO watch_hit (watch_id, category, grade, created_at)
    SELECT DISTINCT w.id, c.category, c.grade, clock_timestamp()
    FROM clue c JOIN sighting s ON s.clue_id = c.id AND s.counted
    JOIN watch w ON w.type = s.type AND w.epoch = s.epoch AND w.token = s.token AND w.active_at IS NOT NULL
        AND w.canceled_at IS NULL AND w.expires_at > clock_timestamp()
    JOIN institution r ON r.id = s.institution_id AND r.state = 'live'
    JOIN institution o ON o.id = w.institution_id AND o.state = 'live' AND o.group_id <> r.group_id
    CROSS JOIN LATERAL aif_answering(c.grade, c.review, s.type, s.epoch, s.token, s.institution_id, 'infinity') a
    JOIN lawful_use_matrix m ON m.state = 'in-force'
    JOIN lawful_use_cell u ON u.matrix_id = m.id AND u.purpose = w.purpose AND u.type = w.type
        AND u.category = c.category AND u.grade = a.grade
    WHERE c.id = ANY(%(clues)s) AND c.state = 'active' AND c.review = 'confirmed' AND c.expires_at > clock_timestamp()
        AND NOT (c.grade = 'B2' AND EXISTS (SELECT 1 FROM aif_answering(
            c.grade, 'waiting', s.type, s.epoch, s.token, s.institution_id, 'infinity')))
    RETURNING watch_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT w.institution_id, 'watch.hit', 'W', w.id, clock_timestamp()
FROM watch w WHERE w.id IN (SELECT watch_id FROM hit)
"""
