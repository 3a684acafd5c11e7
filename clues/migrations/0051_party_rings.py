"""What a party is shown of a ring, computed with the owner's rights: web itself reaches no clue of another institution."""

from django.db import migrations

# Four pages with one text each: what tells them apart is a fixed piece of it, chosen by name.
RINGS = """
CREATE FUNCTION aif_party_rings(p_institution bigint, p_group bigint, p_most integer, p_limit integer, p_page text, p_number bigint)
RETURNS TABLE (ring_id bigint, mine text[], clues bigint, groups bigint, sectors text[], categories text[], best_grade text,
    first_seen timestamptz, last_seen timestamptz, types text[], today date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
DECLARE
    chosen text := CASE p_page
        WHEN 'after' THEN 'r.id > $5'
        WHEN 'before' THEN 'r.id < $5'
        WHEN 'one' THEN 'r.id = $5'
        WHEN 'match' THEN 'r.component IN (
            SELECT e.component FROM match m JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token
                AND s.institution_id = $1 AND s.counted
            JOIN ring_edge e ON e.clue_id = s.clue_id WHERE m.id = $5)' END;
BEGIN
    IF NOT aif_acts_for(p_institution) THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE replace(replace($page$
WITH page AS MATERIALIZED (
    SELECT r.id, r.component FROM ring r
    WHERE r.state = 'open' AND $1 = ANY(r.institutions) AND @where@
        AND EXISTS (SELECT 1 FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE e.component = r.component AND c.institution_id = $1)
        AND EXISTS (SELECT 1 FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE e.component = r.component AND i.group_id <> $2)
    ORDER BY r.id @direction@ LIMIT $4
), seen AS MATERIALIZED (
    SELECT DISTINCT page.id AS ring_id, c.id, c.institution_id, i.group_id, i.sector, c.client_ref, c.category,
        c.grade, c.received_at
    FROM page JOIN ring_edge e ON e.component = page.component JOIN clue c ON c.id = e.clue_id AND c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
    JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
)
SELECT ring_id,
    (array_agg(client_ref::text ORDER BY id) FILTER (WHERE institution_id = $1))[:$3],
    count(*) FILTER (WHERE institution_id = $1),
    count(DISTINCT group_id) FILTER (WHERE group_id <> $2),
    array_agg(DISTINCT sector::text) FILTER (WHERE institution_id <> $1),
    array_agg(DISTINCT category::text), min(grade)::text, min(received_at), max(received_at),
    ARRAY(SELECT DISTINCT shared.type::text FROM (
        SELECT e.type, e.epoch, e.token FROM seen mine JOIN ring_edge e ON e.clue_id = mine.id
        WHERE mine.ring_id = seen.ring_id AND mine.institution_id = $1
        INTERSECT
        SELECT e.type, e.epoch, e.token FROM seen other JOIN ring_edge e ON e.clue_id = other.id
        WHERE other.ring_id = seen.ring_id AND other.group_id <> $2) shared ORDER BY 1),
    (clock_timestamp() AT TIME ZONE 'UTC')::date
FROM seen GROUP BY ring_id ORDER BY ring_id @direction@
$page$, '@where@', chosen), '@direction@',
        CASE p_page WHEN 'before' THEN 'DESC' ELSE '' END)
    USING p_institution, p_group, p_most, p_limit, p_number;
END $function$;
GRANT EXECUTE ON FUNCTION aif_party_rings(bigint, bigint, integer, integer, text, bigint) TO aif_web, aif_match, aif_desk;
"""

# `no` tells equal identifiers apart within this answer and nothing else; a shared one comes with the viewer's own match.
GRAPH = """
CREATE FUNCTION aif_party_graph(p_institution bigint, p_group bigint, p_ring bigint, p_most integer)
RETURNS TABLE (clue_id bigint, client_ref text, category text, grade text, type text, no bigint, weight integer, at_position integer,
    role text, shared boolean, match_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT f.* FROM (SELECT public.aif_acts_for(p_institution) AS may OFFSET 0) asked, LATERAL (
WITH mine AS MATERIALIZED (
    SELECT DISTINCT c.id FROM ring r JOIN ring_edge e ON e.component = r.component
    JOIN clue c ON c.id = e.clue_id AND c.institution_id = p_institution AND c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
    WHERE r.id = p_ring ORDER BY c.id DESC LIMIT p_most
), held AS MATERIALIZED (
    SELECT e.clue_id, e.type, e.epoch, e.token, e.component, e.weight, s.position, s.role
    FROM mine JOIN ring_edge e ON e.clue_id = mine.id
    JOIN sighting s ON s.type = e.type AND s.epoch = e.epoch AND s.token = e.token
        AND s.institution_id = p_institution AND s.clue_id = e.clue_id
), each AS (
    SELECT DISTINCT type, epoch, token, component FROM held
), identifier_of_mine AS (
    SELECT each.type, each.epoch, each.token, row_number() OVER () AS no,
        EXISTS (SELECT 1 FROM ring_edge o JOIN clue c ON c.id = o.clue_id AND c.state = 'active' AND coalesce((
    SELECT coalesce(k.released_at <= clock_timestamp(), false) FROM batch_chunk k
    WHERE k.batch_id = c.batch_id AND k.first_row <= c.row ORDER BY k.no DESC LIMIT 1), true)
AND NOT EXISTS (SELECT 1 FROM ring_edge x JOIN match m ON m.type = x.type AND m.epoch = x.epoch AND m.token = x.token
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = c.institution_id
    WHERE x.clue_id = c.id AND (p.released_at IS NULL OR p.released_at > clock_timestamp()))
            JOIN institution i ON i.id = c.institution_id AND i.state = 'live' AND i.group_id <> p_group
            WHERE o.type = each.type AND o.epoch = each.epoch AND o.token = each.token
                AND o.component = each.component) AS shared,
        (SELECT p.match_id FROM match m JOIN match_party p ON p.match_id = m.id
            AND p.institution_id = p_institution AND p.released_at <= clock_timestamp()
            WHERE m.type = each.type AND m.epoch = each.epoch AND m.token = each.token) AS match_id
    FROM each
)
SELECT c.id, c.client_ref, c.category, c.grade, h.type, n.no, h.weight, h.position, h.role, n.shared, n.match_id
FROM held h JOIN identifier_of_mine n USING (type, epoch, token) JOIN clue c ON c.id = h.clue_id
ORDER BY n.shared DESC, c.id DESC, h.position
) f WHERE asked.may
$$;
GRANT EXECUTE ON FUNCTION aif_party_graph(bigint, bigint, bigint, integer) TO aif_web, aif_match, aif_desk;
"""


class Migration(migrations.Migration):
    """Two functions."""

    dependencies = [("clues", "0050_row_security")]

    operations = [
        migrations.RunSQL(RINGS, "DROP FUNCTION aif_party_rings(bigint, bigint, integer, integer, text, bigint);"),
        migrations.RunSQL(GRAPH, "DROP FUNCTION aif_party_graph(bigint, bigint, bigint, integer);"),
    ]
