"""The set-based statements of matching, named and in the order they run.

Three ordered steps, and the order is the correctness (matching.md, "Flow of one batch"):

1. STORE_*  clues and sightings
2. MEET     the hub upsert, in (type, epoch, token) order. It waits at the row lock of an identifier
            that another batch is writing, and uses only that row and EXCLUDED.
3. TELL_*   matches, parties and watches, read from sighting by *new* statements, whose snapshots were
            taken after the locks were won. Folded into step 2 they would keep the snapshot from before
            the wait, and the institution that came first would never be told.

What changes after a clue was reported is the business of `recount_sql`; both tell parties by `DIFFERENCE`.
"""

from .visibility import ALLIANCE_SHOWS_BANDS, band_rank

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
CREATE TEMPORARY TABLE IF NOT EXISTS blocked (
    type text COLLATE "C" NOT NULL, epoch integer NOT NULL, token uuid NOT NULL,
    ours bigint NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS known_elsewhere (
    match_id bigint NOT NULL, institution_id bigint NOT NULL, PRIMARY KEY (match_id, institution_id)
) ON COMMIT DELETE ROWS;
"""

COPY_CLUES = "COPY clue_in FROM STDIN"
COPY_IDENTIFIERS = "COPY identifier_in FROM STDIN"

# Rows of an epoch that was retired after the web process checked them.
RETIRED_ROWS = """
SELECT DISTINCT i.row, c.client_ref
FROM identifier_in i JOIN clue_in c USING (row)
LEFT JOIN key_epoch e ON e.type = i.type AND e.epoch = i.epoch AND e.state IN ('active', 'overlap')
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
# as nobody is suspended. `standing` tells of the match when the institution is back.
FORGET_SUSPENDED = """
DELETE FROM met WHERE EXISTS (SELECT 1 FROM institution WHERE state = 'suspended') AND (
    SELECT count(DISTINCT i.group_id) FROM sighting s JOIN institution i ON i.id = s.institution_id
    WHERE s.type = met.type AND s.epoch = met.epoch AND s.token = met.token AND s.counted AND i.state = 'live'
) < 2
"""

# Who was told must not change while events are made from it: no tick falls until this commits. Taken after the hub locks
# and before the first match or party is written, as in the recount, so that nobody waits in a circle.
HOLD_TICK = "SELECT pg_advisory_xact_lock_shared(hashtext('aif.release'))"

TELL_MATCHES = """
INSERT INTO match (type, epoch, token, created_at)
SELECT type, epoch, token, clock_timestamp() FROM met ORDER BY type, epoch, token
ON CONFLICT (type, epoch, token) DO NOTHING
"""

# While two key epochs are in force, one fact can be two matches. A party whose own clue stands in both, in one place,
# hears of the one only what the other does not tell it: nothing at all if that one has all the other parties too.
# Filled by the recount alone (`recount.find_known_elsewhere`), for only changes add the tokens of another epoch.
# A retired epoch counts until the worker has taken out what stood in it (`changes.end_retired`), and no longer.
EPOCHS_OVERLAP = "SELECT count(DISTINCT epoch) > 1 FROM key_epoch WHERE state <> 'announced' AND swept_at IS NULL"
FIND_KNOWN_ELSEWHERE = """
INSERT INTO known_elsewhere (match_id, institution_id)
SELECT DISTINCT m.id, s.institution_id
FROM touched t JOIN match m USING (type, epoch, token) JOIN sighting s USING (type, epoch, token)
JOIN sighting o ON o.clue_id = s.clue_id AND o.position = s.position AND o.type = s.type AND o.epoch <> s.epoch
    AND o.counted
JOIN match n ON n.type = o.type AND n.epoch = o.epoch AND n.token = o.token
JOIN match_party own ON own.match_id = n.id AND own.institution_id = s.institution_id
WHERE NOT EXISTS (
    SELECT 1 FROM (
        SELECT q.institution_id FROM sighting q
        WHERE q.type = t.type AND q.epoch = t.epoch AND q.token = t.token AND q.counted
        UNION SELECT q.institution_id FROM match_party q WHERE q.match_id = m.id
    ) other
    WHERE other.institution_id <> s.institution_id AND NOT EXISTS (
        SELECT 1 FROM match_party p WHERE p.match_id = n.id AND p.institution_id = other.institution_id))
ON CONFLICT DO NOTHING
"""

# What told parties hear, by difference of `before` and `after`: the parties of matches that changed, as they were and as
# they are. Each hears of others only, and only of what it can see of them: a second institution of one group that says
# the same is no news, and neither is another group within a band, or any in an alliance too small for bands.
DIFFERENCE = f"""
sides AS (
    SELECT false AS later, match_id, institution_id, group_id, categories, best_grade FROM before
    UNION ALL
    SELECT true, match_id, institution_id, group_id, categories, best_grade FROM after
), seen AS (
    SELECT t.match_id, t.institution_id,
        coalesce(bool_or(o.later AND o.institution_id = t.institution_id), false) AS stays,
        {band_rank("count(DISTINCT o.group_id) FILTER (WHERE o.later AND o.group_id <> t.group_id)")}
            - {band_rank("count(DISTINCT o.group_id) FILTER (WHERE NOT o.later AND o.group_id <> t.group_id)")} AS more,
        (array_agg(DISTINCT c) FILTER (WHERE o.later AND o.institution_id <> t.institution_id),
            min(o.best_grade) FILTER (WHERE o.later AND o.institution_id <> t.institution_id))
        IS DISTINCT FROM
        (array_agg(DISTINCT c) FILTER (WHERE NOT o.later AND o.institution_id <> t.institution_id),
            min(o.best_grade) FILTER (WHERE NOT o.later AND o.institution_id <> t.institution_id)) AS other
    FROM before t JOIN sides o ON o.match_id = t.match_id CROSS JOIN LATERAL unnest(o.categories) AS c
    WHERE t.released_at IS NOT NULL
    GROUP BY t.match_id, t.institution_id
), news AS (
    SELECT institution_id, match_id, CASE WHEN NOT stays THEN 'match.undone'
        WHEN shown AND more > 0 THEN 'match.grew' WHEN shown AND more < 0 THEN 'match.shrank'
        WHEN other THEN 'match.changed' END AS kind
    FROM seen CROSS JOIN {ALLIANCE_SHOWS_BANDS} AS bands (shown)
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, kind, 'M', match_id, clock_timestamp() FROM (
    SELECT institution_id, 'match.released' AS kind, match_id FROM party WHERE fresh
    UNION ALL SELECT institution_id, kind, match_id FROM news WHERE kind IS NOT NULL
) told
WHERE NOT EXISTS (
    SELECT 1 FROM known_elsewhere k WHERE k.match_id = told.match_id AND k.institution_id = told.institution_id)
"""  # noqa: S608 - put together from literals

# What every live institution with a counted sighting brings to the matches of `met`.
DUE = """
    SELECT m.id AS match_id, s.institution_id, i.group_id, array_agg(DISTINCT c.category) AS categories,
        min(c.grade) AS best_grade, min(c.received_at) AS first_seen_at
    FROM met
    JOIN match m USING (type, epoch, token)
    JOIN sighting s USING (type, epoch, token)
    JOIN institution i ON i.id = s.institution_id AND i.state = 'live'
    JOIN clue c ON c.id = s.clue_id
    WHERE s.counted
    GROUP BY m.id, s.institution_id, i.group_id
"""
PUT = """
    INSERT INTO match_party AS p (match_id, institution_id, group_id, categories, best_grade,
        first_seen_at, created_at)
    SELECT match_id, institution_id, group_id, categories, best_grade, first_seen_at, clock_timestamp()
    FROM due ORDER BY match_id, institution_id
    ON CONFLICT (match_id, institution_id) DO UPDATE SET
        categories = EXCLUDED.categories, best_grade = EXCLUDED.best_grade,
        first_seen_at = EXCLUDED.first_seen_at
        WHERE (p.categories, p.best_grade, p.first_seen_at)
            IS DISTINCT FROM (EXCLUDED.categories, EXCLUDED.best_grade, EXCLUDED.first_seen_at)
    RETURNING p.match_id, p.institution_id, p.group_id, p.categories, p.best_grade, (p.xmax = 0) AS fresh
"""

# Nobody leaves here, so what did not change is as it was. `before` reads the statement's snapshot: the parties as they
# were, though `party` is writing them.
TELL_PARTIES = f"""
WITH due AS ({DUE}), party AS ({PUT}), before AS (
    SELECT q.match_id, q.institution_id, q.group_id, q.categories, q.best_grade, q.released_at
    FROM match_party q WHERE q.match_id IN (SELECT match_id FROM party)
), after AS (
    SELECT match_id, institution_id, group_id, categories, best_grade FROM party
    UNION ALL
    SELECT b.match_id, b.institution_id, b.group_id, b.categories, b.best_grade FROM before b
    WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.match_id = b.match_id AND p.institution_id = b.institution_id)
), {DIFFERENCE}
"""  # noqa: S608 - put together from literals of this file

# Another sighting, another score; it is computed apart, by set (matching/score.py).
TELL_SCORES = """
UPDATE match m SET scored_at = NULL FROM met
WHERE m.type = met.type AND m.epoch = met.epoch AND m.token = met.token AND m.scored_at IS NOT NULL
"""

# ---- noise: only when a list blocks anything at all ----------------------------------------------
# Asked after the hub row is locked: whoever puts the token on a list, or takes it off, waits there and then sees these
# sightings (recount.py). A hub row of ours alone goes again; any other waits for the recount of its new entry.

ANY_NOISE = "SELECT EXISTS (SELECT 1 FROM noise_entry WHERE state = 'in-force' AND mode = 'block')"
FIND_BLOCKED = """
INSERT INTO blocked (type, epoch, token, ours)
SELECT i.type, i.epoch, i.token, count(*)
FROM identifier_in i JOIN clue_new n USING (row)
WHERE i.scoring AND EXISTS (SELECT 1 FROM noise_entry e
    WHERE e.type = i.type AND e.epoch = i.epoch AND e.token = i.token AND e.state = 'in-force' AND e.mode = 'block')
GROUP BY i.type, i.epoch, i.token
"""
# Rows that name an identifier of a list are taken all the same; whoever sent them is told.
ANY_LISTED = "SELECT EXISTS (SELECT 1 FROM noise_entry WHERE state = 'in-force')"
LISTED_ROWS = """
SELECT c.row, c.client_ref, CASE WHEN bool_or(e.mode = 'block') THEN 'noise' ELSE 'noise-informed' END
FROM noise_entry e
JOIN identifier_in i USING (type, epoch, token)
JOIN clue_new n USING (row)
JOIN clue_in c USING (row)
WHERE e.state = 'in-force'
GROUP BY c.row, c.client_ref
"""
UNCOUNT_BLOCKED = """
UPDATE sighting s SET counted = false
FROM blocked b JOIN identifier_in i USING (type, epoch, token) JOIN clue_new n USING (row)
WHERE s.type = b.type AND s.epoch = b.epoch AND s.token = b.token AND s.institution_id = %(institution)s
    AND s.clue_id = n.clue_id AND s.counted
"""
UNMEET_BLOCKED = """
DELETE FROM identifier h USING blocked b
WHERE h.type = b.type AND h.epoch = b.epoch AND h.token = b.token AND h.sightings = b.ours
"""
DROP_BLOCKED_MET = """
DELETE FROM met USING blocked b WHERE met.type = b.type AND met.epoch = b.epoch AND met.token = b.token
"""
SPARE_BLOCKED = """
UPDATE identifier_in i SET scoring = false FROM blocked b
WHERE i.type = b.type AND i.epoch = b.epoch AND i.token = b.token AND i.scoring
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
