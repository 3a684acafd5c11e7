"""A large institution by SQL: as many clues and matches as asked for, without the hours of submitting them.

Aster's first `matches` clues meet those of others, five to a ring; the rest are its own alone. What stands here is what
the matcher would have left: hub, sightings, matches, parties, events, ring edges, rings, and the work of its people.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from tests.factories import acting_as

OTHERS = 12

# Tokens by number, so that the parts agree: t(n) is the identifier of Aster's clue n, r(k) the one that joins a ring.
FILL = """
CREATE FUNCTION pg_temp.t(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('t' || n)::uuid $$;
CREATE FUNCTION pg_temp.r(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5('r' || n)::uuid $$;
CREATE FUNCTION pg_temp.kind(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN n %% 1000 = 0 THEN 'wechat' WHEN n %% 3 = 0 THEN 'domain' ELSE 'cn-mobile' END $$;
CREATE TEMPORARY TABLE other AS
    SELECT row_number() OVER (ORDER BY id) AS no, id, group_id FROM institution WHERE id <> %(aster)s AND state = 'live';
INSERT INTO batch (institution_id, idempotency_key, fingerprint, key_id, source, basis, state, clues, rows_refused, chunks,
    chunks_done, accepted, duplicates, refused, matched, digest, received_at, done_at)
SELECT id, 'crowd', '', 'testtest', 'api', 'unspecified', 'done', 0, 0, 1, 1, 0, 0, 0, 0, '', now() - interval '400 days',
    now() - interval '400 days' FROM institution;
INSERT INTO clue (institution_id, batch_id, row, client_ref, fingerprint, category, grade, observed_at, crime_indicator, tlp,
    basis, state, received_at, expires_at)
SELECT %(aster)s, (SELECT id FROM batch WHERE institution_id = %(aster)s ORDER BY id DESC LIMIT 1), n, 'crowd-' || n,
    pg_temp.t(n), CASE WHEN n %% 50 = 0 THEN 'extortion' ELSE 'telecom-fraud' END, CASE n %% 4 WHEN 0 THEN 'C' ELSE 'B2' END,
    now() - n * interval '20 seconds', false, 'amber+strict', 'unspecified', 'active', now() - n * interval '20 seconds',
    now() + interval '300 days'
FROM generate_series(1, %(clues)s) n;
CREATE TEMPORARY TABLE mine AS SELECT row AS n, id FROM clue WHERE client_ref LIKE 'crowd-%%';
CREATE UNIQUE INDEX ON mine (n);
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT pg_temp.kind(n), 1, pg_temp.t(n), %(aster)s, id, 0, 'actor', true FROM mine ORDER BY 1, 3;
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT 'resident-id', 1, pg_temp.r(n / 5), %(aster)s, id, 1, 'actor', true FROM mine WHERE n <= %(matches)s;
INSERT INTO clue (institution_id, batch_id, row, client_ref, fingerprint, category, grade, crime_indicator, tlp, basis, state,
    received_at, expires_at)
SELECT o.id, (SELECT b.id FROM batch b WHERE b.institution_id = o.id ORDER BY b.id DESC LIMIT 1), n, 'other-' || n || '-' || o.no,
    pg_temp.t(n), 'telecom-fraud', 'B2', false, 'amber+strict', 'unspecified', 'active', now() - n * interval '20 seconds',
    now() + interval '300 days'
FROM generate_series(1, %(matches)s) n JOIN other o ON o.no = 1 + n %% 12 OR (n %% 3 = 0 AND o.no = 1 + (n + 5) %% 12);
CREATE TEMPORARY TABLE theirs AS
    SELECT row AS n, id, institution_id FROM clue WHERE client_ref LIKE 'other-%%';
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT pg_temp.kind(n), 1, pg_temp.t(n), institution_id, id, 0, 'actor', true FROM theirs;
INSERT INTO sighting (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT 'resident-id', 1, pg_temp.r(n / 5), institution_id, id, 1, 'actor', true FROM theirs WHERE n %% 5 = 0;
INSERT INTO match (type, epoch, token, created_at, released_at, score, terms, scored_at)
SELECT pg_temp.kind(n), 1, pg_temp.t(n), now(), now() - n * interval '10 seconds', 20 + n %% 60,
    '[{"term": "grade", "points": 16}, {"term": "recency", "points": 20}]', now()
FROM generate_series(1, %(matches)s) n;
INSERT INTO match_party (match_id, institution_id, group_id, categories, best_grade, first_seen_at, created_at, released_at)
SELECT m.id, s.institution_id, i.group_id, array_agg(DISTINCT c.category), min(c.grade), min(c.received_at), now(), m.released_at
FROM match m JOIN sighting s USING (type, epoch, token) JOIN clue c ON c.id = s.clue_id
JOIN institution i ON i.id = s.institution_id
GROUP BY m.id, s.institution_id, i.group_id ORDER BY m.id;
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at, released_at, seq)
SELECT institution_id, 'match.released', 'M', match_id, now(), released_at, nextval('event_seq')
FROM match_party ORDER BY released_at, match_id;
INSERT INTO ring_edge (clue_id, type, epoch, token, weight, component, pending)
SELECT clue_id, type, epoch, token, 2, (SELECT id FROM mine WHERE mine.n = greatest(1, p.n / 5 * 5)), false
FROM (SELECT n, id FROM mine WHERE n <= %(matches)s UNION ALL SELECT n, id FROM theirs WHERE n %% 5 = 0) p
JOIN sighting s ON s.clue_id = p.id AND s.type = 'resident-id';
INSERT INTO ring (component, state, clues, identifiers, groups, institutions, categories, best_grade, first_seen_at,
    last_seen_at, created_at, updated_at)
SELECT e.component, 'open', count(DISTINCT e.clue_id), 2, count(DISTINCT i.group_id), array_agg(DISTINCT i.id),
    array_agg(DISTINCT c.category), min(c.grade), min(c.received_at), max(c.received_at), now(), now()
FROM ring_edge e JOIN clue c ON c.id = e.clue_id JOIN institution i ON i.id = c.institution_id
GROUP BY e.component HAVING count(DISTINCT i.group_id) > 1;
INSERT INTO match_work (institution_id, match_id, assignee_id, assigned_at, acknowledged_by_id, acknowledged_at, version)
SELECT %(aster)s, id, CASE WHEN id %% 4 = 0 THEN %(person)s::bigint END, CASE WHEN id %% 4 = 0 THEN now() END,
    CASE WHEN id %% 2 = 0 THEN %(person)s::bigint END, CASE WHEN id %% 2 = 0 THEN now() END, 1
FROM match WHERE id %% 10 <> 9;
INSERT INTO match_read (user_id, match_id, read_at) SELECT %(person)s, id, now() FROM match WHERE id %% 20 <> 19;
"""


def fill(*, aster: int, person: int, clues: int, matches: int) -> None:
    """Fill the present database; OTHERS institutions beside Aster must be live."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(FILL, {"aster": aster, "person": person, "clues": clues, "matches": matches})
        cursor.execute("ANALYZE")


def count(statement: str, **names: Any) -> int:
    """Ask for one number, in the owner's role."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(statement, names)
        return int(cursor.fetchone()[0])
