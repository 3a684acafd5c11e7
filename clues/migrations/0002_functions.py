"""Quota and screening functions, storage settings of the hot tables, and grants by role.

`aif_web` gets no right at all on `identifier`: it asks about tokens through `aif_screen` only.
"""

from django.db import migrations

CHARGE = """
CREATE FUNCTION aif_charge(p_institution bigint, p_kind text, p_amount bigint, p_limit bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
BEGIN
    IF p_amount > p_limit THEN
        RETURN false;
    END IF;
    INSERT INTO quota_use AS q (institution_id, kind, day, used)
    VALUES (p_institution, p_kind, today, p_amount)
    ON CONFLICT (institution_id, kind, day) DO UPDATE SET used = q.used + p_amount
        WHERE q.used + p_amount <= p_limit;
    RETURN FOUND;
END $$;
GRANT EXECUTE ON FUNCTION aif_charge(bigint, text, bigint, bigint) TO aif_web;
"""

# Row 0 (index -1) carries the clock and the number of live institutions; the others are hits.
# Definer's rights: the web role may ask whether tokens are known, but may not read the sightings
# of others. The charge comes last, in the same transaction as the look-up and the ledger row.
# A generic plan: index look-ups are right for one token and for ten thousand, and planning anew costs more than either.
SCREEN = """
CREATE FUNCTION aif_screen(p_institution bigint, p_group bigint, p_key text, p_purpose text,
    p_case_ref text, p_basis text, p_limit bigint, p_types text[], p_epochs int[], p_tokens uuid[])
RETURNS TABLE (index int, groups int, categories text[], best_grade text,
    last_seen_at timestamptz, live int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked_at timestamptz := clock_timestamp();
    asked int := cardinality(p_tokens);
    found_hits int := 0;
BEGIN
    RETURN QUERY SELECT -1, 0, NULL::text[], NULL::text, asked_at,
        (SELECT count(*)::int FROM public.institution i WHERE i.state = 'live');
    RETURN QUERY
        SELECT (q.ordinality - 1)::int, count(DISTINCT i.group_id)::int,
            array_agg(DISTINCT c.category::text), min(c.grade)::text, max(c.received_at), 0
        FROM unnest(p_types, p_epochs, p_tokens) WITH ORDINALITY AS q (type, epoch, token, ordinality)
        JOIN public.sighting s ON s.type = q.type AND s.epoch = q.epoch AND s.token = q.token
            AND s.counted
        JOIN public.clue c ON c.id = s.clue_id AND c.state = 'active' AND c.grade <> 'C'
        JOIN public.institution i ON i.id = s.institution_id AND i.state = 'live'
            AND i.group_id <> p_group
        GROUP BY q.ordinality;
    GET DIAGNOSTICS found_hits = ROW_COUNT;
    INSERT INTO public.screening
        (institution_id, key_id, purpose, case_ref, basis, tokens, hits, screened_at)
    VALUES (p_institution, p_key, p_purpose, p_case_ref, p_basis, asked, found_hits, asked_at);
    IF NOT public.aif_charge(p_institution, 'screen', asked, p_limit) THEN
        RAISE EXCEPTION 'quota-exhausted' USING ERRCODE = 'AIF29';
    END IF;
END $$;
REVOKE ALL ON FUNCTION aif_screen(bigint, bigint, text, text, text, text, bigint, text[], int[], uuid[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    aif_screen(bigint, bigint, text, text, text, text, bigint, text[], int[], uuid[]) TO aif_web;
"""

# The waiting rows are read once and dropped: compressing them would cost more than it saves.
# Free space in hub pages keeps their updates in place.
STORAGE = """
ALTER TABLE batch_chunk ALTER COLUMN clue_rows SET STORAGE EXTERNAL;
ALTER TABLE batch_chunk ALTER COLUMN identifier_rows SET STORAGE EXTERNAL;
ALTER TABLE identifier SET (fillfactor = 90);
ALTER TABLE quota_use SET (fillfactor = 50);
ALTER TABLE match_party SET (fillfactor = 90);
"""

GRANTS = """
GRANT SELECT ON key_epoch, key_directory TO aif_web, aif_match, aif_desk;
GRANT INSERT, UPDATE ON key_epoch TO aif_desk;
GRANT INSERT ON key_directory TO aif_desk;

GRANT SELECT, INSERT ON batch, batch_chunk TO aif_web;
GRANT SELECT, UPDATE ON batch, batch_chunk TO aif_match;
GRANT SELECT ON batch TO aif_desk;
GRANT SELECT (id, batch_id, institution_id, no, first_row, rows, state, attempts, claimed_at, done_at,
    released_at) ON batch_chunk TO aif_desk;
GRANT UPDATE (state, done_at) ON batch TO aif_desk;
GRANT UPDATE (state, attempts, claimed_at) ON batch_chunk TO aif_desk;

GRANT SELECT ON clue, sighting TO aif_web, aif_match, aif_desk;
GRANT INSERT, UPDATE ON clue, sighting TO aif_match;
GRANT SELECT, INSERT, UPDATE ON identifier TO aif_match;
GRANT SELECT ON identifier TO aif_desk;

GRANT SELECT ON match, match_party TO aif_web, aif_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON match, match_party TO aif_match;
GRANT SELECT, UPDATE (read_at) ON notice TO aif_web;
GRANT SELECT, INSERT, UPDATE ON notice TO aif_match;
GRANT SELECT, INSERT ON notice TO aif_desk;

GRANT SELECT, INSERT, UPDATE ON ring, ring_edge, ring_merge TO aif_match;
GRANT SELECT ON ring, ring_edge, ring_merge TO aif_desk;

GRANT SELECT ON screening TO aif_web, aif_desk;
GRANT SELECT, INSERT, UPDATE ON quota_use TO aif_web;
GRANT SELECT ON quota_use TO aif_desk, aif_match;
GRANT SELECT, INSERT, UPDATE ON job TO aif_match;
GRANT SELECT ON job TO aif_web, aif_desk;

GRANT SELECT ON case_file, case_step TO aif_web, aif_match;
GRANT SELECT, INSERT, UPDATE ON case_file TO aif_desk;
GRANT SELECT, INSERT ON case_step TO aif_desk;
"""


class Migration(migrations.Migration):
    """Functions, storage and grants."""

    dependencies = [("clues", "0001_tables"), ("members", "0003_grants")]

    operations = [
        migrations.RunSQL(CHARGE, "DROP FUNCTION aif_charge(bigint, text, bigint, bigint)"),
        migrations.RunSQL(
            SCREEN,
            "DROP FUNCTION aif_screen(bigint, bigint, text, text, text, text, bigint, text[], int[], uuid[])",
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
