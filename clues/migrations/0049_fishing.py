"""The detector of fishing: weighs every row of the ledger, suspends screening, and knows tokens nobody should ask about."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The numbers are explained in clues/fishing/thresholds.py, and a test compares the two.
WEIGHTS = """
CREATE FUNCTION aif_fishing_weights(asked text)
RETURNS TABLE (by_hits boolean, case_tokens int, over_points float8, fresh_points float8,
    most_case float8, most_night float8, most_volume float8)
LANGUAGE sql IMMUTABLE AS $$
    SELECT w.* FROM (VALUES
        (true, 60, 0.0179::float8, -0.0081::float8, 3::float8, 2::float8, 3::float8),
        (false, 10, 0.0896, -0.0405, 100, 3, 100)
    ) AS w (by_hits, case_tokens, over_points, fresh_points, most_case, most_night, most_volume)
    WHERE w.by_hits = (asked NOT IN ('inbound-call', 'transaction-risk', 'onboarding'))
$$;
REVOKE ALL ON FUNCTION aif_fishing_weights(text) FROM PUBLIC;
"""

# Suspends, tells the institution with the next tick, and writes the event of the trail: all in the asker's transaction.
# A suspension that waits or is in force is not doubled.
SUSPEND = """
CREATE FUNCTION aif_suspend_screening(p_institution bigint, p_cause text, p_purpose text, p_asker text, p_terms jsonb,
    p_at timestamptz)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO public.screening_suspension
        (institution_id, cause, purpose, asker, terms, begun_at, state, reason)
    VALUES (p_institution, p_cause, p_purpose, p_asker, p_terms, p_at, 'pending', '')
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO public.event (institution_id, kind, subject_kind, subject_id, created_at)
    VALUES (p_institution, 'screening.suspended', 'SS', made, p_at);
    INSERT INTO public.audit_event (verb, actor_kind, actor_ref, institution_id, subject_ref, detail)
    VALUES ('screening.suspend', 'job', 'fishing', p_institution, '',
        jsonb_build_object('cause', p_cause, 'purpose', p_purpose) || p_terms);
END $$;
REVOKE ALL ON FUNCTION aif_suspend_screening(bigint, text, text, text, jsonb, timestamptz) FROM PUBLIC;
"""

OPEN = """
CREATE FUNCTION aif_screening_suspended(p_institution bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM public.screening_suspension s WHERE s.institution_id = p_institution
        AND (s.state = 'pending' OR s.state = 'confirmed' AND s.until > clock_timestamp()))
$$;
REVOKE ALL ON FUNCTION aif_screening_suspended(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_screening_suspended(bigint) TO aif_web, aif_desk, aif_match;

CREATE FUNCTION aif_screening_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF public.aif_screening_suspended(NEW.institution_id) THEN
        RAISE EXCEPTION 'screening-suspended' USING ERRCODE = 'AIF30';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_screening_is_open() FROM PUBLIC;
CREATE TRIGGER screening_is_open BEFORE INSERT ON screening FOR EACH ROW EXECUTE FUNCTION aif_screening_is_open();
"""

# Every row of the ledger is weighed where it is written: once for the institution, once for whoever asked, so that neither
# one person among many honest ones nor many askers with a little each stay below. Each term is a cumulative sum that does
# not fall below zero, so good days are not saved up.
WEIGH = """
CREATE FUNCTION aif_weigh_screening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    w record;
    t public.fishing_tally%ROWTYPE;
    v_asker text;
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
    FOREACH v_asker IN ARRAY ARRAY['', NEW.key_id::text] LOOP
        SELECT * INTO t FROM public.fishing_tally f
            WHERE f.institution_id = NEW.institution_id AND f.purpose = NEW.purpose AND f.asker = v_asker FOR UPDATE;
        IF NOT FOUND THEN
            INSERT INTO public.fishing_tally (institution_id, purpose, asker, since, updated_at, tokens, hits, hit_points,
                case_points, night_points, volume_points, day, day_tokens, day_hits, days, habit, base_tokens, base_hits)
            VALUES (NEW.institution_id, NEW.purpose, v_asker, NEW.screened_at, NEW.screened_at, 0, 0, 0, 0, 0, 0,
                v_today, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
            SELECT * INTO STRICT t FROM public.fishing_tally f
                WHERE f.institution_id = NEW.institution_id AND f.purpose = NEW.purpose AND f.asker = v_asker FOR UPDATE;
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
            WHERE f.institution_id = NEW.institution_id AND f.purpose = NEW.purpose AND f.asker = v_asker;
        IF v_score >= 14 AND t.tokens >= 400 THEN
            PERFORM public.aif_suspend_screening(NEW.institution_id, 'detector', NEW.purpose, v_asker,
                jsonb_build_object('points', round(v_score::numeric, 1), 'threshold', 14,
                    'hit-rate', round(t.hit_points::numeric, 1),
                    'case-numbers', round(least(w.most_case, t.case_points)::numeric, 1),
                    'nights', round(least(w.most_night, t.night_points)::numeric, 1),
                    'volume', round(least(w.most_volume, t.volume_points)::numeric, 1),
                    'tokens', t.tokens, 'hits', t.hits),
                NEW.screened_at);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION aif_weigh_screening() FROM PUBLIC;
CREATE TRIGGER screening_is_weighed AFTER INSERT ON screening FOR EACH ROW EXECUTE FUNCTION aif_weigh_screening();
"""

# The answer is the same as for any token: only what may be asked next is not.
HONEY = """
CREATE FUNCTION aif_meet_honey(p_institution bigint, p_purpose text, p_asker text, p_types text[], p_epochs int[],
    p_tokens uuid[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.honey_token h SET met = h.met + 1, met_at = p_at
        FROM unnest(p_types, p_epochs, p_tokens) AS q (type, epoch, token)
        WHERE h.type = q.type AND h.epoch = q.epoch AND h.token = q.token AND h.withdrawn_at IS NULL;
    IF FOUND THEN
        PERFORM public.aif_suspend_screening(p_institution, 'honey-token', p_purpose, p_asker, '{}', p_at);
    END IF;
END $$;
REVOKE ALL ON FUNCTION aif_meet_honey(bigint, text, text, text[], int[], uuid[], timestamptz) FROM PUBLIC;
"""
_LEDGER = """    VALUES (p_institution, p_key, p_purpose, p_case_ref, p_basis, asked, found_hits, v_matrix, asked_at);
"""
_MEET = "    PERFORM public.aif_meet_honey(p_institution, p_purpose, p_key, p_types, p_epochs, p_tokens, asked_at);\n"


def look_for_honey(apps, schema_editor):
    """Add the look for honey tokens to the function that screens, after its ledger row (0017)."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('aif_screen'::regproc)")
        (source,) = cursor.fetchone()
        if _LEDGER not in source:
            raise RuntimeError("aif_screen does not write its ledger row as in 0017")
        cursor.execute(source.replace(_LEDGER, _LEDGER + _MEET))


def forget_honey(apps, schema_editor):
    """Take it out again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('aif_screen'::regproc)")
        (source,) = cursor.fetchone()
        cursor.execute(source.replace(_MEET, ""))


# What a decision sets back is the desk's; the rest of a tally belongs to the trigger.
GRANTS = """
GRANT SELECT ON screening_suspension TO aif_web, aif_desk, aif_match;
GRANT UPDATE (state, until, proposed_by_id, decided_by_id, decided_at, reason) ON screening_suspension TO aif_desk;
GRANT DELETE ON screening_suspension TO aif_match;
GRANT SELECT, UPDATE (since, tokens, hits, hit_points, case_points, night_points, volume_points) ON fishing_tally TO aif_desk;
GRANT SELECT, DELETE ON fishing_tally TO aif_match;
GRANT SELECT (id, type, epoch, planted_by_id, planted_at, withdrawn_at, met, met_at), INSERT, UPDATE (withdrawn_at)
    ON honey_token TO aif_desk;
GRANT SELECT (id, withdrawn_at), DELETE ON honey_token TO aif_match;
"""


class Migration(migrations.Migration):
    """Three tables, an index, and the functions that write them."""

    dependencies = [
        ("clues", "0048_evidence_demands"),
        ("members", "0018_witnesses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FishingTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "institution_id",
                        "purpose",
                        "asker",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
                ("purpose", models.CharField(db_collation="C", max_length=64)),
                ("asker", models.CharField(db_collation="C", max_length=64)),
                ("since", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("tokens", models.BigIntegerField(default=0)),
                ("hits", models.BigIntegerField(default=0)),
                ("hit_points", models.FloatField(default=0)),
                ("case_points", models.FloatField(default=0)),
                ("night_points", models.FloatField(default=0)),
                ("volume_points", models.FloatField(default=0)),
                ("day", models.DateField()),
                ("day_tokens", models.BigIntegerField(default=0)),
                ("day_hits", models.BigIntegerField(default=0)),
                ("days", models.IntegerField(default=0)),
                ("habit", models.FloatField(default=0)),
                ("base_tokens", models.FloatField(default=0)),
                ("base_hits", models.FloatField(default=0)),
            ],
            options={
                "db_table": "fishing_tally",
            },
        ),
        migrations.CreateModel(
            name="HoneyToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("epoch", models.IntegerField(verbose_name="epoch")),
                ("token", models.UUIDField()),
                ("planted_at", models.DateTimeField(verbose_name="planted at")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="taken out at")),
                ("met", models.IntegerField(default=0, verbose_name="met")),
                ("met_at", models.DateTimeField(null=True, verbose_name="last met at")),
            ],
            options={
                "verbose_name": "honey token",
                "verbose_name_plural": "honey tokens",
                "db_table": "honey_token",
            },
        ),
        migrations.CreateModel(
            name="ScreeningSuspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(db_collation="C", max_length=64, verbose_name="cause")),
                ("purpose", models.CharField(db_collation="C", max_length=64, verbose_name="purpose")),
                ("asker", models.CharField(max_length=64, verbose_name="who asked")),
                ("terms", models.JSONField(verbose_name="why")),
                ("begun_at", models.DateTimeField(verbose_name="suspended at")),
                ("state", models.CharField(db_collation="C", default="pending", max_length=64, verbose_name="state")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.CharField(default="", max_length=500, verbose_name="reason")),
            ],
            options={
                "verbose_name": "suspension of screening",
                "verbose_name_plural": "suspensions of screening",
                "db_table": "screening_suspension",
            },
        ),
        migrations.AddIndex(
            model_name="screening",
            index=models.Index(fields=["institution", "case_ref", "-id"], name="screening_case"),
        ),
        migrations.AddField(
            model_name="honeytoken",
            name="planted_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="planted by",
            ),
        ),
        migrations.AddField(
            model_name="screeningsuspension",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="screeningsuspension",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="screeningsuspension",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AddConstraint(
            model_name="honeytoken",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("type", "epoch", "token"),
                name="honey_token_once",
            ),
        ),
        migrations.AddIndex(
            model_name="screeningsuspension",
            index=models.Index(fields=["institution", "-id"], name="screening_suspension_of"),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "released", "confirmed"])),
                name="screening_suspension_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["detector", "honey-token"])), name="screening_suspension_cause"
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "pending")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("proposed_by__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                        models.Q(("state", "pending"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="screening_suspension_decided_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                name="screening_suspension_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), ("until__isnull", False)),
                    models.Q(models.Q(("state", "confirmed"), _negated=True), ("until__isnull", True)),
                    _connector="OR",
                ),
                name="screening_suspension_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningsuspension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")),
                fields=("institution",),
                name="screening_suspension_one_pending",
            ),
        ),
        migrations.RunSQL(WEIGHTS, "DROP FUNCTION aif_fishing_weights(text)"),
        migrations.RunSQL(SUSPEND, "DROP FUNCTION aif_suspend_screening(bigint, text, text, text, jsonb, timestamptz)"),
        migrations.RunSQL(
            OPEN,
            "DROP TRIGGER screening_is_open ON screening; DROP FUNCTION aif_screening_is_open();"
            " DROP FUNCTION aif_screening_suspended(bigint)",
        ),
        migrations.RunSQL(WEIGH, "DROP TRIGGER screening_is_weighed ON screening; DROP FUNCTION aif_weigh_screening()"),
        migrations.RunSQL(
            HONEY, "DROP FUNCTION aif_meet_honey(bigint, text, text, text[], int[], uuid[], timestamptz)"
        ),
        migrations.RunPython(look_for_honey, forget_honey),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
