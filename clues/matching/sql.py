"""The set-based statements of matching, named and in the order they run.

Three ordered steps, and the order is the correctness (matching.md, "Flow of one batch"):

1. STORE_*  clues and sightings
2. MEET     the hub upsert, in (type, epoch, token) order. It waits at the row lock of an identifier
            that another batch is writing, and uses only that row and EXCLUDED.
3. TELL_*   matches and parties, read from sighting by *new* statements, whose snapshots were taken
            after the locks were won. Folded into step 2 they would keep the snapshot from before
            the wait, and the institution that came first would never be told.
"""

TEMPORARY = """
CREATE TEMPORARY TABLE IF NOT EXISTS clue_in (
    row integer NOT NULL, client_ref text COLLATE "C" NOT NULL, fingerprint uuid NOT NULL,
    months integer NOT NULL, category text NOT NULL, grade text NOT NULL, level text, channel text,
    observed_at timestamptz, region text, amount_cny numeric, crime_indicator boolean NOT NULL,
    indicators text[], consumer_contacted text, tlp text NOT NULL, evidence_sha256 bytea, basis text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS identifier_in (
    row integer NOT NULL, position smallint NOT NULL, type text COLLATE "C" NOT NULL,
    epoch integer NOT NULL, token uuid NOT NULL, role text NOT NULL, scoring boolean NOT NULL,
    link smallint NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS clue_new (
    row integer PRIMARY KEY, clue_id bigint NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS met (
    type text COLLATE "C" NOT NULL, epoch integer NOT NULL, token uuid NOT NULL,
    groups integer NOT NULL
) ON COMMIT DELETE ROWS;
"""

COPY_CLUES = "COPY clue_in FROM STDIN"
COPY_IDENTIFIERS = "COPY identifier_in FROM STDIN"

# Rows of an epoch that was retired after the web process checked them.
RETIRED_ROWS = """
SELECT DISTINCT i.row, c.client_ref
FROM identifier_in i JOIN clue_in c USING (row)
LEFT JOIN key_epoch e ON e.type = i.type AND e.epoch = i.epoch AND e.state <> 'retired'
WHERE e.id IS NULL
ORDER BY i.row
"""
DROP_ROWS = "DELETE FROM clue_in WHERE row = ANY(%(rows)s)"

# Ordered, so that two chunks of one institution that share references cannot deadlock.
STORE_CLUES = """
WITH stored AS (
    INSERT INTO clue (institution_id, batch_id, row, client_ref, fingerprint, category, grade, level,
        channel, observed_at, region, amount_cny, crime_indicator, indicators, consumer_contacted,
        tlp, evidence_sha256, basis, state, received_at, expires_at)
    SELECT %(institution)s, %(batch)s, row, client_ref, fingerprint, category, grade, level,
        channel, observed_at, region, amount_cny, crime_indicator, indicators, consumer_contacted,
        tlp, evidence_sha256, coalesce(basis, %(basis)s), 'active', %(received_at)s,
        %(received_at)s + make_interval(months => months)
    FROM clue_in ORDER BY client_ref, row
    ON CONFLICT (institution_id, client_ref) DO NOTHING
    RETURNING id, row
)
INSERT INTO clue_new (row, clue_id) SELECT row, id FROM stored
"""

# A new statement, so that it sees what STORE_CLUES waited for.
KNOWN_ROWS = """
SELECT i.row, i.client_ref, c.fingerprint = i.fingerprint
FROM clue_in i
LEFT JOIN clue_new n USING (row)
JOIN clue c ON c.institution_id = %(institution)s AND c.client_ref = i.client_ref
WHERE n.row IS NULL
ORDER BY i.row
"""

STORE_SIGHTINGS = """
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT i.type, i.epoch, i.token, %(institution)s, n.clue_id, i.position, i.role,
    i.scoring
FROM identifier_in i JOIN clue_new n USING (row)
ORDER BY i.type, i.epoch, i.token
"""

MEET = """
WITH hub AS (
    INSERT INTO identifier AS h
        (type, epoch, token, groups, sightings, first_seen_at, last_seen_at)
    SELECT i.type, i.epoch, i.token, ARRAY[%(group)s::bigint], count(*),
        %(received_at)s, %(received_at)s
    FROM identifier_in i JOIN clue_new n USING (row)
    WHERE i.scoring
    GROUP BY i.type, i.epoch, i.token
    ORDER BY i.type, i.epoch, i.token
    ON CONFLICT (type, epoch, token) DO UPDATE SET
        groups = CASE WHEN h.groups @> EXCLUDED.groups THEN h.groups
                      ELSE h.groups || EXCLUDED.groups END,
        sightings = h.sightings + EXCLUDED.sightings,
        first_seen_at = least(h.first_seen_at, EXCLUDED.first_seen_at),
        last_seen_at = greatest(h.last_seen_at, EXCLUDED.last_seen_at)
    RETURNING h.type, h.epoch, h.token, cardinality(h.groups) AS groups
)
INSERT INTO met (type, epoch, token, groups)
SELECT type, epoch, token, groups FROM hub WHERE groups > 1
"""

# The hub knows every group that ever came; a suspended one must not show, not even in a count. Costs nothing as long
# as nobody is suspended. The oracle tells of the match when the institution is back.
FORGET_SUSPENDED = """
DELETE FROM met WHERE EXISTS (SELECT 1 FROM institution WHERE state = 'suspended') AND (
    SELECT count(DISTINCT i.group_id) FROM sighting s JOIN institution i ON i.id = s.institution_id
    WHERE s.type = met.type AND s.epoch = met.epoch AND s.token = met.token AND s.counted AND i.state = 'live'
) < 2
"""

TELL_MATCHES = """
INSERT INTO match (type, epoch, token, created_at)
SELECT type, epoch, token, clock_timestamp() FROM met ORDER BY type, epoch, token
ON CONFLICT (type, epoch, token) DO NOTHING
"""

# Every live institution with a counted sighting is a party; `fresh` parties are new to the match.
TELL_PARTIES = """
WITH party AS (
    INSERT INTO match_party AS p (match_id, institution_id, group_id, categories, best_grade,
        first_seen_at, created_at)
    SELECT m.id, s.institution_id, i.group_id, array_agg(DISTINCT c.category), min(c.grade),
        min(c.received_at), clock_timestamp()
    FROM met
    JOIN match m USING (type, epoch, token)
    JOIN sighting s USING (type, epoch, token)
    JOIN institution i ON i.id = s.institution_id AND i.state = 'live'
    JOIN clue c ON c.id = s.clue_id
    WHERE s.counted
    GROUP BY m.id, s.institution_id, i.group_id
    ORDER BY m.id, s.institution_id
    ON CONFLICT (match_id, institution_id) DO UPDATE SET
        categories = EXCLUDED.categories, best_grade = EXCLUDED.best_grade,
        first_seen_at = EXCLUDED.first_seen_at
        WHERE (p.categories, p.best_grade, p.first_seen_at)
            IS DISTINCT FROM (EXCLUDED.categories, EXCLUDED.best_grade, EXCLUDED.first_seen_at)
    RETURNING p.match_id, p.institution_id, (p.xmax = 0) AS fresh
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, 'match.released', 'M', match_id, clock_timestamp() FROM party WHERE fresh
"""

# Parties that knew of the match already learn that it grew, when another independent group came.
TELL_GROWTH = """
WITH grown AS (
    SELECT m.id AS match_id
    FROM met
    JOIN match m USING (type, epoch, token)
    JOIN match_party p ON p.match_id = m.id
    WHERE m.released_at IS NOT NULL AND p.released_at IS NULL AND p.group_id = %(group)s
    GROUP BY m.id
    HAVING NOT EXISTS (
        SELECT 1 FROM match_party q
        WHERE q.match_id = m.id AND q.group_id = %(group)s AND q.released_at IS NOT NULL
    )
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT p.institution_id, 'match.grew', 'M', p.match_id, clock_timestamp()
FROM grown JOIN match_party p USING (match_id)
WHERE p.released_at IS NOT NULL
"""

LINK = """
INSERT INTO ring_edge (clue_id, type, epoch, token, weight, component, pending)
SELECT clue_id, type, epoch, token, link, clue_id, true
FROM (
    SELECT n.clue_id, i.type, i.epoch, i.token, i.link,
        sum(i.link) OVER (PARTITION BY n.clue_id) AS total
    FROM identifier_in i JOIN clue_new n USING (row)
    WHERE i.scoring AND i.link > 0
) linked
WHERE total >= 2
"""

COUNT_MATCHED = """
SELECT count(DISTINCT n.clue_id)
FROM met JOIN identifier_in i USING (type, epoch, token) JOIN clue_new n USING (row)
WHERE i.scoring
"""
