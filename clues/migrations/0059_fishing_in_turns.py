"""Fishing is judged over all purposes and over all askers together, too: whoever rotates them stays below no threshold."""

from importlib import import_module

from django.db import migrations

# The numbers are explained in clues/fishing/thresholds.py, and a test compares the two. As in 0049, and then: a question
# that the hit rate decides is weighed under no purpose as well, for the institution and for whoever asked; and the points
# of all who asked are added up. The rows of a purpose are locked before those of none, so nobody waits in a ring.
WEIGH = """
CREATE OR REPLACE FUNCTION aif_weigh_screening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    w record;
    t public.fishing_tally%ROWTYPE;
    v_purpose text;
    v_asker text;
    v_askers int;
    v_tokens bigint;
    v_hits bigint;
    v_limit float8;
    v_today date := (NEW.screened_at AT TIME ZONE 'UTC')::date;
    v_hour int := extract(hour FROM NEW.screened_at AT TIME ZONE 'UTC')::int;
    v_over int := NEW.tokens;
    v_before bigint;
    v_rate float8;
    v_beyond float8;
    v_score float8;
BEGIN
    SELECT * INTO w FROM public.aif_fishing_weights(NEW.purpose);
    IF NEW.case_ref <> '' THEN
        SELECT coalesce(sum(earlier.tokens), 0) INTO v_before FROM (
            SELECT s.tokens FROM public.screening s
            WHERE s.institution_id = NEW.institution_id AND s.case_ref = NEW.case_ref AND s.id < NEW.id
            ORDER BY s.id DESC LIMIT 64) earlier;
        v_over := greatest(0, least(NEW.tokens, v_before + NEW.tokens - w.case_tokens));
    END IF;
    FOR v_round IN 1 .. CASE WHEN w.by_hits THEN 4 ELSE 2 END LOOP
        v_purpose := CASE WHEN v_round <= 2 THEN NEW.purpose ELSE '' END;
        v_asker := CASE WHEN v_round IN (1, 3) THEN '' ELSE NEW.key_id END;
        SELECT * INTO t FROM public.fishing_tally f
            WHERE f.institution_id = NEW.institution_id AND f.purpose = v_purpose AND f.asker = v_asker FOR UPDATE;
        IF NOT FOUND THEN
            INSERT INTO public.fishing_tally (institution_id, purpose, asker, since, updated_at, tokens, hits, hit_points,
                case_points, night_points, volume_points, day, day_tokens, day_hits, days, habit, base_tokens, base_hits)
            VALUES (NEW.institution_id, v_purpose, v_asker, NEW.screened_at, NEW.screened_at, 0, 0, 0, 0, 0, 0,
                v_today, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
            SELECT * INTO STRICT t FROM public.fishing_tally f
                WHERE f.institution_id = NEW.institution_id AND f.purpose = v_purpose AND f.asker = v_asker FOR UPDATE;
        END IF;
        IF v_today > t.day THEN
            t.habit := CASE WHEN t.days = 0 THEN t.day_tokens ELSE 0.9 * t.habit + 0.1 * t.day_tokens END;
            t.base_tokens := (t.base_tokens + t.day_tokens) * 0.98 ^ (v_today - t.day);
            t.base_hits := (t.base_hits + t.day_hits) * 0.98 ^ (v_today - t.day);
            t.days := t.days + 1;
            t.day := v_today;
            t.day_tokens := 0;
            t.day_hits := 0;
        END IF;
        t.day_tokens := t.day_tokens + NEW.tokens;
        t.day_hits := t.day_hits + NEW.hits;
        v_beyond := greatest(0, least(NEW.tokens, t.day_tokens
            - 4 * CASE WHEN t.days >= 10 THEN greatest(t.habit, 100) ELSE 500 END));
        IF w.by_hits THEN
            v_rate := least(0.04, greatest(0.02, (t.base_hits + 0.04 * 200) / (t.base_tokens + 200)));
            t.hit_points := greatest(0, t.hit_points + NEW.hits * ln(0.004 / v_rate)
                + (NEW.tokens - NEW.hits) * ln(0.996 / (1 - v_rate)));
        END IF;
        t.case_points := greatest(0, t.case_points + v_over * w.over_points + (NEW.tokens - v_over) * w.fresh_points);
        t.night_points := greatest(0, t.night_points
            + NEW.tokens * CASE WHEN v_hour >= 14 AND v_hour < 22 THEN 0.0049 ELSE -0.0063 END);
        t.volume_points := greatest(0, t.volume_points + v_beyond * 0.046 - (NEW.tokens - v_beyond) * 0.0128);
        v_score := t.hit_points + least(w.most_case, t.case_points) + least(w.most_night, t.night_points)
            + least(w.most_volume, t.volume_points);
        IF v_score > 0 THEN
            t.tokens := t.tokens + NEW.tokens;
            t.hits := t.hits + NEW.hits;
        ELSE
            t.tokens := 0;
            t.hits := 0;
            t.since := NEW.screened_at;
        END IF;
        UPDATE public.fishing_tally f SET since = t.since, updated_at = NEW.screened_at, tokens = t.tokens, hits = t.hits,
                hit_points = t.hit_points, case_points = least(t.case_points, 100),
                night_points = least(t.night_points, w.most_night), volume_points = least(t.volume_points, 100),
                day = t.day, day_tokens = t.day_tokens, day_hits = t.day_hits, days = t.days, habit = t.habit,
                base_tokens = t.base_tokens, base_hits = t.base_hits
            WHERE f.institution_id = NEW.institution_id AND f.purpose = v_purpose AND f.asker = v_asker;
        IF v_score >= 14 AND t.tokens >= 400 THEN
            PERFORM public.aif_suspend_screening(NEW.institution_id, 'detector', v_purpose, v_asker,
                jsonb_build_object('points', round(v_score::numeric, 1), 'threshold', 14,
                    'hit-rate', round(t.hit_points::numeric, 1),
                    'case-numbers', round(least(w.most_case, t.case_points)::numeric, 1),
                    'nights', round(least(w.most_night, t.night_points)::numeric, 1),
                    'volume', round(least(w.most_volume, t.volume_points)::numeric, 1),
                    'tokens', t.tokens, 'hits', t.hits),
                NEW.screened_at);
        END IF;
    END LOOP;
    IF w.by_hits THEN
        SELECT count(*), coalesce(sum(f.hit_points), 0), coalesce(sum(f.tokens), 0), coalesce(sum(f.hits), 0)
            INTO v_askers, v_score, v_tokens, v_hits FROM public.fishing_tally f
            WHERE f.institution_id = NEW.institution_id AND f.purpose = '' AND f.asker <> '' AND f.hit_points > 0;
        v_limit := 14 + 2.5 * (v_askers - 1);
        IF v_askers > 1 AND v_score >= v_limit AND v_tokens >= 400 THEN
            PERFORM public.aif_suspend_screening(NEW.institution_id, 'detector', '', '',
                jsonb_build_object('points', round(v_score::numeric, 1), 'threshold', v_limit,
                    'hit-rate', round(v_score::numeric, 1), 'tokens', v_tokens, 'hits', v_hits, 'askers', v_askers),
                NEW.screened_at);
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""
_BEFORE = import_module("clues.migrations.0049_fishing").WEIGH
WEIGH_BEFORE = _BEFORE[: _BEFORE.index("REVOKE ALL")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    """One function; what was asked before counts under its own purpose alone."""

    dependencies = [("clues", "0058_too_many_rows_aside")]

    operations = [migrations.RunSQL(WEIGH, WEIGH_BEFORE)]
