"""Which measures to compare with their ground is noted by triggers, and what the institution was shown of its match is kept.

The functions run with the owner's rights: whoever ends a clue, a match, a case or a ring has no business with measures.
Clues and parties are taken by whole statements; a party that is added, or released, passes by without a trigger.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import clues.models.fields

TRIGGERS = """
CREATE FUNCTION ground_of_clues() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id)
    SELECT d.id FROM was JOIN became ON became.id = was.id AND became.state <> was.state
    JOIN public.disposition d ON d.clue_id = was.id AND d.state <> 'lifted';
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_clues AFTER UPDATE ON clue
    REFERENCING OLD TABLE AS was NEW TABLE AS became FOR EACH STATEMENT EXECUTE FUNCTION ground_of_clues();

CREATE FUNCTION ground_of_matches() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id)
    SELECT d.id FROM (SELECT DISTINCT match_id FROM gone) g
    JOIN public.disposition d ON d.match_id = g.match_id AND d.state <> 'lifted'
    UNION
    SELECT d.id FROM (SELECT DISTINCT match_id FROM gone) g
    JOIN public.case_file f ON f.match_id = g.match_id
    JOIN public.disposition d ON d.case_id = f.id AND d.state <> 'lifted';
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_matches AFTER DELETE ON match_party
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION ground_of_matches();

CREATE FUNCTION ground_of_grade() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id)
    SELECT d.id FROM public.disposition d WHERE d.match_id = NEW.match_id AND d.state <> 'lifted';
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_grade AFTER UPDATE OF best_grade ON match_party
    FOR EACH ROW WHEN (NEW.best_grade > OLD.best_grade) EXECUTE FUNCTION ground_of_grade();

CREATE FUNCTION ground_of_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id)
    SELECT d.id FROM public.disposition d WHERE d.case_id = NEW.id AND d.state <> 'lifted';
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_case AFTER UPDATE OF state ON case_file
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION ground_of_case();

CREATE FUNCTION ground_of_ring() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id)
    SELECT d.id FROM public.case_file f
    JOIN public.disposition d ON d.case_id = f.id AND d.state <> 'lifted' WHERE f.ring_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_ring AFTER UPDATE OF state ON ring
    FOR EACH ROW WHEN (NEW.state = 'dissolved' AND OLD.state <> NEW.state) EXECUTE FUNCTION ground_of_ring();

CREATE FUNCTION ground_of_measure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.ground_check (disposition_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER ground_of_measure AFTER INSERT ON disposition FOR EACH ROW EXECUTE FUNCTION ground_of_measure();

REVOKE ALL ON FUNCTION ground_of_clues(), ground_of_matches(), ground_of_grade(), ground_of_case(), ground_of_ring(),
    ground_of_measure() FROM PUBLIC;
"""
DROP = """
DROP TRIGGER ground_of_measure ON disposition;
DROP TRIGGER ground_of_ring ON ring;
DROP TRIGGER ground_of_case ON case_file;
DROP TRIGGER ground_of_grade ON match_party;
DROP TRIGGER ground_of_matches ON match_party;
DROP TRIGGER ground_of_clues ON clue;
DROP FUNCTION ground_of_measure(), ground_of_ring(), ground_of_case(), ground_of_grade(), ground_of_matches(),
    ground_of_clues();
"""
GRANTS = """
GRANT SELECT, DELETE ON ground_check TO aif_match;
GRANT UPDATE (match_band, match_grade) ON disposition TO aif_web;
"""


class Migration(migrations.Migration):
    """One table, two columns, one index, six triggers."""

    dependencies = [("clues", "0032_excused_parts")]

    operations = [
        migrations.CreateModel(
            name="GroundCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "disposition",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clues.disposition",
                    ),
                ),
            ],
            options={"db_table": "ground_check"},
        ),
        migrations.AddField("disposition", "match_band", models.SmallIntegerField(default=0)),
        migrations.AddField("disposition", "match_grade", clues.models.fields.CodeField(default="")),
        migrations.AddIndex(
            "liftnotice",
            models.Index(
                fields=["disposition"],
                condition=Q(ended_at__isnull=True) & ~Q(answer="lifted"),
                name="lift_notice_standing",
            ),
        ),
        migrations.RunSQL(TRIGGERS, DROP),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
