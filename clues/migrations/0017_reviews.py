"""Reviews by a second person: grades that answer screenings only after one. And views of lists that people save.

What stands already is not rewritten: the column has a constant default of the database, so grade B2 and better waits for
its review from now on, and answers meanwhile where a second independent institution reported the same identifier.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Who submitted and who corrected last, from the tables themselves: whoever inserts a review has no say in it.
FOUR_EYES = """
CREATE FUNCTION aif_review_four_eyes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT c.institution_id, b.key_id, coalesce((
            SELECT h.actor_ref FROM public.clue_change h
            WHERE h.clue_id = c.id AND h.kind = 'corrected' ORDER BY h.id DESC LIMIT 1), '')
        INTO STRICT NEW.institution_id, NEW.author_ref, NEW.editor_ref
        FROM public.clue c JOIN public.batch b ON b.id = c.batch_id WHERE c.id = NEW.clue_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_review_four_eyes() FROM PUBLIC;
CREATE TRIGGER clue_review_four_eyes BEFORE INSERT OR UPDATE OF clue_id, institution_id, author_ref, editor_ref
    ON clue_review FOR EACH ROW EXECUTE FUNCTION aif_review_four_eyes();
"""

# The one place that says which reports answer a question, and as which grade: screenings, watches, disputes by token and
# the list of an institution's own clues all ask it. It is a table function without rights or settings of its own, so that
# PostgreSQL folds it into the statement that asks.
# Another institution counts as soon as both are told of the match: `p_at` is now, or infinity for what comes with the
# next tick. Whoever is suspended does not count from the moment it is. A report that its own second person returned does
# not answer whoever else reports.
ANSWERING = """
CREATE FUNCTION aif_answering(p_grade text, p_review text, p_type text, p_epoch int, p_token uuid, p_institution bigint,
    p_at timestamptz)
RETURNS TABLE (grade text) LANGUAGE sql STABLE AS $$
    SELECT CASE p_review WHEN 'confirmed' THEN p_grade ELSE 'B2' END
    WHERE p_grade <> 'C' AND (p_review = 'confirmed' OR p_review <> 'returned' AND EXISTS (
        SELECT 1 FROM public.match m
        JOIN public.match_party own ON own.match_id = m.id AND own.institution_id = p_institution
            AND coalesce(own.released_at, 'infinity') <= p_at
        JOIN public.match_party other ON other.match_id = m.id AND other.group_id <> own.group_id
            AND coalesce(other.released_at, 'infinity') <= p_at
        JOIN public.institution i ON i.id = other.institution_id AND i.state = 'live'
        WHERE m.type = p_type AND m.epoch = p_epoch AND m.token = p_token))
$$;
REVOKE ALL ON FUNCTION aif_answering(text, text, text, int, uuid, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_answering(text, text, text, int, uuid, bigint, timestamptz)
    TO aif_web, aif_match, aif_desk;
"""

# As in 0010, with the rule above in place of the bare grade. The grade that answers is the one that the matrix is asked for.
SCREEN = """
CREATE OR REPLACE FUNCTION aif_screen(p_institution bigint, p_group bigint, p_key text, p_purpose text,
    p_case_ref text, p_basis text, p_limit bigint, p_types text[], p_epochs int[], p_tokens uuid[])
RETURNS TABLE (index int, groups int, categories text[], best_grade text, last_seen_at timestamptz,
    quality int, disputed boolean, live int, matrix_id bigint, title text, refused int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    asked_at timestamptz := clock_timestamp();
    asked int := cardinality(p_tokens);
    found_hits int := 0;
    v_matrix bigint;
    v_title text;
    v_refused int;
BEGIN
    SELECT g.matrix_id, g.title, g.refused INTO v_matrix, v_title, v_refused
        FROM public.aif_lawful_use(p_purpose, p_types) g;
    RETURN QUERY SELECT -1, 0, NULL::text[], NULL::text, asked_at, 0, false,
        (SELECT count(*)::int FROM public.institution i WHERE i.state = 'live'), v_matrix, v_title, v_refused;
    IF v_refused IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT (q.ordinality - 1)::int,
            (count(DISTINCT i.group_id) FILTER (WHERE c.state = 'active'))::int,
            array_agg(DISTINCT c.category::text) FILTER (WHERE c.state = 'active'),
            (min(a.grade) FILTER (WHERE c.state = 'active'))::text,
            max(c.received_at) FILTER (WHERE c.state = 'active'),
            (max(coalesce(sq.step, 1)) FILTER (WHERE c.state = 'active'))::int,
            bool_or(c.state = 'disputed'),
            0, NULL::bigint, NULL::text, NULL::int
        FROM unnest(p_types, p_epochs, p_tokens) WITH ORDINALITY AS q (type, epoch, token, ordinality)
        JOIN public.sighting s ON s.type = q.type AND s.epoch = q.epoch AND s.token = q.token
        JOIN public.clue c ON c.id = s.clue_id AND c.grade <> 'C' AND c.expires_at > asked_at
            AND (c.state = 'active' AND s.counted OR c.state = 'disputed'
                AND s.role NOT IN ('victim', 'represented-consumer', 'recognized-representative'))
        JOIN public.institution i ON i.id = s.institution_id AND i.state = 'live' AND i.group_id <> p_group
        CROSS JOIN LATERAL public.aif_answering(c.grade, c.review, s.type, s.epoch, s.token, s.institution_id, asked_at) a
        JOIN public.lawful_use_cell l ON l.matrix_id = v_matrix AND l.purpose = p_purpose AND l.type = s.type
            AND l.category = c.category AND l.grade = a.grade
        LEFT JOIN public.source_quality sq ON sq.institution_id = s.institution_id
        GROUP BY q.ordinality
        HAVING bool_or(c.state = 'active');
    GET DIAGNOSTICS found_hits = ROW_COUNT;
    INSERT INTO public.screening
        (institution_id, key_id, purpose, case_ref, basis, tokens, hits, matrix_id, screened_at)
    VALUES (p_institution, p_key, p_purpose, p_case_ref, p_basis, asked, found_hits, v_matrix, asked_at);
    IF NOT public.aif_charge(p_institution, 'screen', asked, p_limit) THEN
        RAISE EXCEPTION 'quota-exhausted' USING ERRCODE = 'AIF29';
    END IF;
END $$;
"""

# Web writes both sides of a review; the desk decides on grade A alone; the matcher tells watchers, and deletes with the clue.
GRANTS = """
GRANT UPDATE (review) ON clue TO aif_web;
GRANT SELECT, INSERT ON clue_review TO aif_web;
GRANT UPDATE (voided_at, voided_by_ref) ON clue_review TO aif_web;
GRANT UPDATE (review, version) ON clue TO aif_desk;
GRANT INSERT ON clue_change TO aif_desk;
GRANT SELECT ON clue_review TO aif_desk;
GRANT UPDATE (desk_by_id, desk_at, desk_decision, desk_reason) ON clue_review TO aif_desk;
GRANT SELECT, UPDATE (told_at), DELETE ON clue_review TO aif_match;
GRANT SELECT, INSERT, DELETE ON saved_view TO aif_web;
GRANT UPDATE (filters, created_at) ON saved_view TO aif_web;
"""


class Migration(migrations.Migration):
    """Two tables, a column, an index for lists of clues, and the rule."""

    dependencies = [
        ("clues", "0016_match_work"),
        ("members", "0008_people_act"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClueReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("grade", models.CharField(db_collation="C", max_length=2, verbose_name="grade")),
                ("author_ref", models.CharField(default="", max_length=64)),
                ("editor_ref", models.CharField(default="", max_length=64)),
                ("reviewer_ref", models.CharField(max_length=64)),
                ("decision", models.CharField(db_collation="C", max_length=64, verbose_name="decision")),
                ("reason", models.CharField(db_collation="C", default="", max_length=64, verbose_name="reason")),
                ("document_no", models.CharField(default="", max_length=64, verbose_name="document number")),
                ("decided_at", models.DateTimeField(verbose_name="reviewed at")),
                ("desk_at", models.DateTimeField(null=True, verbose_name="decided by the alliance at")),
                (
                    "desk_decision",
                    models.CharField(
                        db_collation="C", default="", max_length=64, verbose_name="decision of the alliance"
                    ),
                ),
                ("desk_reason", models.CharField(default="", max_length=500, verbose_name="reason of the alliance")),
                ("voided_at", models.DateTimeField(null=True, verbose_name="voided at")),
                ("voided_by_ref", models.CharField(default="", max_length=64)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "db_table": "clue_review",
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=60)),
                ("filters", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "saved_view",
            },
        ),
        migrations.AddField(
            model_name="clue",
            name="review",
            field=models.CharField(db_collation="C", db_default="waiting", max_length=64),
        ),
        migrations.AddIndex(
            model_name="clue",
            index=models.Index(
                fields=["institution", "state", "review", "grade", "category", "batch", "id"], name="clue_filters"
            ),
        ),
        migrations.AddField(
            model_name="cluereview",
            name="clue",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="clues.clue",
                verbose_name="clue",
            ),
        ),
        migrations.AddField(
            model_name="cluereview",
            name="desk_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by the alliance",
            ),
        ),
        migrations.AddField(
            model_name="cluereview",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="cluereview",
            name="reviewer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reviewed by",
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="cluereview",
            index=models.Index(fields=["clue"], name="clue_review_clue"),
        ),
        migrations.AddIndex(
            model_name="cluereview",
            index=models.Index(
                condition=models.Q(("decision", "confirmed"), ("told_at__isnull", True), ("voided_at__isnull", True)),
                fields=["id"],
                name="clue_review_untold",
            ),
        ),
        migrations.AddIndex(
            model_name="cluereview",
            index=models.Index(
                condition=models.Q(
                    ("decision", "confirmed"), ("desk_by__isnull", True), ("grade", "A"), ("voided_at__isnull", True)
                ),
                fields=["id"],
                name="clue_review_at_desk",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["confirmed", "returned"])), name="clue_review_decision"
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewer_ref", models.F("author_ref")), _negated=True),
                    models.Q(("reviewer_ref", models.F("editor_ref")), _negated=True),
                ),
                name="clue_review_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "confirmed"), _negated=True),
                    models.Q(("grade__in", ["A", "B1"]), _negated=True),
                    models.Q(("document_no", ""), _negated=True),
                    _connector="OR",
                ),
                name="clue_review_names_the_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("desk_by__isnull", True), ("desk_decision", "")),
                    models.Q(
                        ("decision", "confirmed"),
                        ("desk_by__isnull", False),
                        ("desk_decision__in", ["confirmed", "returned"]),
                    ),
                    _connector="OR",
                ),
                name="clue_review_desk_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("desk_by__isnull", True),
                    models.Q(("desk_by", models.F("reviewer")), _negated=True),
                    _connector="OR",
                ),
                name="clue_review_desk_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="cluereview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at__isnull", True)), fields=("clue",), name="clue_review_stands_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("user", "page", "name"), name="saved_view_once"),
        ),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION aif_review_four_eyes() CASCADE"),
        migrations.RunSQL(ANSWERING, "DROP FUNCTION aif_answering(text, text, text, int, uuid, bigint, timestamptz)"),
        migrations.RunSQL(SCREEN, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
