"""What costs most under policies, asked of functions with their owner's rights and for whom web acts: each keeps its plan.

A policy is planned anew with every statement and asked row by row. These read the same rows by the same conditions, which
they name themselves, and answer nobody but the institution of the context.
"""

from django.db import migrations

OTHERS = """EXISTS (SELECT 1 FROM match_party o JOIN institution i ON i.id = o.institution_id AND i.state = 'live'
        WHERE o.match_id = p.match_id AND o.group_id <> p.group_id AND o.released_at <= clock_timestamp())"""
# `page` is cut on the institution's own parties first, so that the joins touch one page only. It holds only what will be
# shown: a page that the joins made shorter would look like the last one.
PAGE = f"""
    WITH page AS (
        SELECT p.match_id, p.released_at FROM match_party p
        WHERE p.institution_id = p_institution AND p.released_at <= clock_timestamp() AND {OTHERS}
            AND @where@
        ORDER BY @order@ LIMIT p_limit
    )
    SELECT m.id, m.type::text, page.released_at,
        (SELECT json_agg(json_build_array(c.client_ref, s.position) ORDER BY c.id, s.position)
         FROM sighting s JOIN clue c ON c.id = s.clue_id
         WHERE s.type = m.type AND s.epoch = m.epoch AND s.token = m.token
            AND s.institution_id = p_institution AND s.counted),
        count(DISTINCT p.group_id) FILTER (WHERE p.group_id <> p_group),
        array_agg(DISTINCT i.sector::text) FILTER (WHERE i.id <> p_institution),
        array_agg(DISTINCT category::text) FILTER (WHERE category IS NOT NULL),
        min(p.best_grade)::text, min(p.first_seen_at), m.score::int, m.terms::json, f.verdict::text, f.reason::text, f.given_at
    FROM page JOIN match m ON m.id = page.match_id
    JOIN match_party p ON p.match_id = m.id AND p.released_at <= clock_timestamp()
    JOIN institution i ON i.id = p.institution_id AND i.state = 'live'
    LEFT JOIN LATERAL unnest(p.categories) AS category ON true
    LEFT JOIN feedback f ON f.match_id = m.id AND f.institution_id = p_institution
    GROUP BY m.id, page.released_at, f.id
    HAVING count(DISTINCT p.group_id) > 1
    ORDER BY @page_order@;
"""  # noqa: S608 - put together from literals
OLDEST_FIRST = ("p.released_at, p.match_id", "page.released_at, m.id")
NEWEST_FIRST = ("p.released_at DESC, p.match_id DESC", "page.released_at DESC, m.id DESC")
PAGES = {
    "after": ("(p.released_at, p.match_id) > (p_at, p_number)", *OLDEST_FIRST),
    "before": ("(p.released_at, p.match_id) < (p_at, p_number)", *NEWEST_FIRST),
    "some": ("p.match_id = ANY(p_matches)", *NEWEST_FIRST),
}


def branch(page: tuple[str, str, str]) -> str:
    """Return the statement of one page."""
    where, order, page_order = page
    return PAGE.replace("@where@", where).replace("@order@", order).replace("@page_order@", page_order)


MATCHES = f"""
CREATE FUNCTION aif_party_matches(p_institution bigint, p_group bigint, p_page text, p_at timestamptz, p_number bigint,
    p_matches bigint[], p_limit integer)
RETURNS TABLE (match_id bigint, type text, released_at timestamptz, mine json, groups bigint, sectors text[],
    categories text[], best_grade text, first_seen_at timestamptz, score integer, terms json, verdict text, reason text,
    given_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT aif_acts_for(p_institution) THEN
        RETURN;
    END IF;
    CASE p_page {" ".join(f"WHEN '{name}' THEN RETURN QUERY {branch(page)}" for name, page in PAGES.items())}
    END CASE;
END $$;
GRANT EXECUTE ON FUNCTION aif_party_matches(bigint, bigint, text, timestamptz, bigint, bigint[], integer)
    TO aif_web, aif_match, aif_desk;
"""

# What the reports of an institution answer, as far as it may know: another institution counts from the tick on.
ANSWERING = """
CREATE FUNCTION aif_own_answering(p_institution bigint, p_clues bigint[])
RETURNS TABLE (clue_id bigint, at_position integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT aif_acts_for(p_institution) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT DISTINCT s.clue_id, s.position::int
    FROM clue c JOIN sighting s ON s.clue_id = c.id AND s.counted
    CROSS JOIN LATERAL aif_answering(c.grade, c.review, s.type, s.epoch, s.token, s.institution_id, clock_timestamp())
    WHERE c.id = ANY(p_clues) AND c.institution_id = p_institution AND c.state = 'active'
        AND c.expires_at > clock_timestamp()
    ORDER BY 1, 2;
END $$;
GRANT EXECUTE ON FUNCTION aif_own_answering(bigint, bigint[]) TO aif_web, aif_match, aif_desk;
"""

# From the waiting chunks, which have an index of their own, not through all chunks that ever were.
QUEUE = """
CREATE FUNCTION aif_queue_age(p_institution bigint) RETURNS double precision
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT aif_acts_for(p_institution) THEN
        RETURN NULL;
    END IF;
    RETURN (WITH waiting AS MATERIALIZED (SELECT DISTINCT batch_id FROM batch_chunk
            WHERE state = 'received' AND institution_id = p_institution)
        SELECT extract(epoch FROM clock_timestamp() - min(b.received_at))
        FROM batch b JOIN waiting w ON w.batch_id = b.id);
END $$;
GRANT EXECUTE ON FUNCTION aif_queue_age(bigint) TO aif_web, aif_match, aif_desk;
"""


class Migration(migrations.Migration):
    """Three functions."""

    dependencies = [("clues", "0053_quarantine")]

    operations = [
        migrations.RunSQL(
            MATCHES,
            "DROP FUNCTION aif_party_matches(bigint, bigint, text, timestamptz, bigint, bigint[], integer);",
        ),
        migrations.RunSQL(ANSWERING, "DROP FUNCTION aif_own_answering(bigint, bigint[]);"),
        migrations.RunSQL(QUEUE, "DROP FUNCTION aif_queue_age(bigint);"),
    ]
