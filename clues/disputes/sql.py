"""The set-based statements of disputes, in the order they run.

Clue rows are locked first and in the order of their ids, by a statement of its own: what is decided about a clue is
read by the next one, whose snapshot is younger than the lock. Otherwise a clue could be reinstated while another
dispute about it arrives. Hub, counts and matches follow from the `clue_change` rows (matching/recount.py).
"""

# ---- opening -------------------------------------------------------------------------------

WAITING = """
SELECT id FROM dispute WHERE applied_at IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
# What others reported of the identifier and what counts, or would but for another dispute. By token: no more than a
# screening for that purpose would have shown, since what stays open after its day tells of itself; hence what answers, as
# `aif_answering` says, and the cells of the matrix in force, and none without a purpose. A group does not dispute a clue again that it disputes already, or in vain.
CONCERNED = """
SELECT d.id AS dispute_id, c.id AS clue_id
FROM dispute d
JOIN institution opener ON opener.id = d.institution_id
JOIN sighting s ON s.type = d.type AND s.epoch = d.epoch AND s.token = d.token AND s.role = ANY(%(scoring)s)
JOIN institution filer ON filer.id = s.institution_id AND filer.state = 'live' AND filer.group_id <> opener.group_id
JOIN clue c ON c.id = s.clue_id AND c.state IN ('active', 'disputed') AND c.expires_at > clock_timestamp()
WHERE d.id = ANY(%(disputes)s) AND (d.match_id IS NOT NULL OR EXISTS (SELECT 1
        FROM aif_answering(c.grade, c.review, s.type, s.epoch, s.token, s.institution_id, clock_timestamp()) a
        JOIN lawful_use_cell u ON u.grade = a.grade JOIN lawful_use_matrix m ON m.id = u.matrix_id
        WHERE m.state = 'in-force' AND u.purpose = d.purpose AND u.type = d.type AND u.category = c.category))
    AND NOT EXISTS (SELECT 1 FROM noise_entry n WHERE n.type = d.type AND n.epoch = d.epoch AND n.token = d.token
        AND n.state = 'in-force' AND n.mode = 'block')
    AND NOT EXISTS (SELECT 1 FROM disputed_clue o JOIN dispute f ON f.id = o.dispute_id
        JOIN institution i ON i.id = f.institution_id AND i.group_id = opener.group_id
        WHERE o.clue_id = c.id AND o.state IN ('open', 'maintained', 'rejected'))
"""
LOCK_CONCERNED = f"SELECT id FROM clue WHERE id IN (SELECT clue_id FROM ({CONCERNED}) x) ORDER BY id FOR UPDATE"  # noqa: S608
# Two disputes of one group that are opened in the same half second: the first one it is.
SUSPEND = f"""
WITH concerned AS (
    SELECT DISTINCT ON (x.clue_id, opener.group_id) x.dispute_id, x.clue_id
    FROM ({CONCERNED}) x JOIN dispute d ON d.id = x.dispute_id JOIN institution opener ON opener.id = d.institution_id
    ORDER BY x.clue_id, opener.group_id, x.dispute_id
), disputed AS (
    INSERT INTO disputed_clue (dispute_id, clue_id, institution_id, state, due_at, answer_reason, decision_reason,
        applied_at)
    SELECT x.dispute_id, x.clue_id, c.institution_id, 'open', d.due_at, '', '', clock_timestamp()
    FROM concerned x JOIN clue c ON c.id = x.clue_id JOIN dispute d ON d.id = x.dispute_id
    ORDER BY x.clue_id, x.dispute_id
    ON CONFLICT (dispute_id, clue_id) DO NOTHING
    RETURNING dispute_id, clue_id, institution_id
), told AS (
    INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
    SELECT institution_id, 'clue.disputed', 'C', clue_id, clock_timestamp() FROM disputed
), suspended AS (
    UPDATE clue c SET state = 'disputed', version = version + 1
    WHERE c.id IN (SELECT clue_id FROM disputed) AND c.state = 'active'
    RETURNING c.id, c.institution_id, c.version
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
SELECT id, institution_id, 'disputed',
    (SELECT min(d.reason) FROM disputed x JOIN dispute d ON d.id = x.dispute_id WHERE x.clue_id = suspended.id),
    version, '{{}}', 'disputes', clock_timestamp()
FROM suspended
"""  # noqa: S608
APPLIED = "UPDATE dispute SET applied_at = clock_timestamp() WHERE id = ANY(%(disputes)s)"

# ---- what became of it ---------------------------------------------------------------------

LAPSE = """
UPDATE disputed_clue SET state = 'lapsed', applied_at = NULL
WHERE id IN (SELECT id FROM disputed_clue WHERE state = 'open' AND due_at <= clock_timestamp()
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""
DECIDED = """
SELECT id FROM disputed_clue WHERE applied_at IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
LOCK_DECIDED = """
SELECT id FROM clue WHERE id IN (SELECT clue_id FROM disputed_clue WHERE id = ANY(%(decided)s)) ORDER BY id FOR UPDATE
"""
WITHDRAW = """
WITH verdict AS (
    SELECT clue_id, max(state) AS state FROM disputed_clue
    WHERE id = ANY(%(decided)s) AND state IN ('lapsed', 'upheld') GROUP BY clue_id
), withdrawn AS (
    UPDATE clue c SET state = 'withdrawn', version = version + 1, ended_at = clock_timestamp()
    FROM verdict v WHERE c.id = v.clue_id AND c.state IN ('active', 'disputed')
    RETURNING c.id, c.institution_id, c.version, v.state
), told AS (
    INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
    SELECT institution_id, CASE state WHEN 'lapsed' THEN 'clue.lapsed' ELSE 'clue.refuted' END, 'C', id,
        clock_timestamp()
    FROM withdrawn
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
SELECT id, institution_id, 'withdrawn', CASE state WHEN 'lapsed' THEN 'dispute-lapsed' ELSE 'dispute-upheld' END,
    version, '{}', 'disputes', clock_timestamp()
FROM withdrawn
"""
REINSTATE = """
WITH reinstated AS (
    UPDATE clue c SET state = 'active', version = version + 1
    WHERE c.id IN (SELECT clue_id FROM disputed_clue WHERE id = ANY(%(decided)s) AND state = 'rejected')
        AND c.state = 'disputed'
        AND NOT EXISTS (SELECT 1 FROM disputed_clue o WHERE o.clue_id = c.id AND o.state IN ('open', 'maintained'))
    RETURNING c.id, c.institution_id, c.version
), told AS (
    INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
    SELECT institution_id, 'clue.reinstated', 'C', id, clock_timestamp() FROM reinstated
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
SELECT id, institution_id, 'reinstated', 'dispute-rejected', version, '{}', 'disputes', clock_timestamp()
FROM reinstated
"""
SETTLED = "UPDATE disputed_clue SET applied_at = clock_timestamp() WHERE id = ANY(%(decided)s)"

# ---- clearing up ---------------------------------------------------------------------------

# Whatever ended the clue meanwhile (another dispute, its own institution, its expiry) leaves nothing to decide.
MOOT = """
UPDATE disputed_clue SET state = 'withdrawn', applied_at = clock_timestamp()
WHERE id IN (SELECT o.id FROM disputed_clue o JOIN clue c ON c.id = o.clue_id AND c.state IN ('withdrawn', 'expired')
    WHERE o.state IN ('open', 'maintained') ORDER BY o.id LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED)
"""
# By token never before the answers were due: one that found nothing must not end sooner than one that was lapsed.
CLOSE = """
WITH closed AS (
    UPDATE dispute d SET state = 'closed', closed_at = clock_timestamp()
    WHERE id IN (SELECT id FROM dispute WHERE state = 'open' AND applied_at IS NOT NULL
            AND (match_id IS NOT NULL OR due_at <= clock_timestamp())
            AND NOT EXISTS (SELECT 1 FROM disputed_clue o
                WHERE o.dispute_id = dispute.id AND (o.state IN ('open', 'maintained') OR o.applied_at IS NULL))
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, institution_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, 'dispute.closed', 'D', id, clock_timestamp() FROM closed
"""
