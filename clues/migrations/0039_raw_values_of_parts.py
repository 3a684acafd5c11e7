"""Raw values in parts of cases, sealed: what the database refuses, grants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What a second person approved, or waits for one, is neither added to nor taken from; a value is never exchanged.
# Retention takes them out of cases that rest.
LIFE_OF_A_VALUE = """
CREATE FUNCTION aif_part_identifier_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'part_identifier_is_written_once' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM case_part p JOIN case_file f ON f.id = p.case_id
                   WHERE p.id = CASE TG_OP WHEN 'DELETE' THEN OLD.part_id ELSE NEW.part_id END
                   AND (p.state = 'draft' OR TG_OP = 'DELETE' AND f.state IN ('closed', 'dismissed', 'merged'))) THEN
        RAISE EXCEPTION 'part_identifier_of_a_draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
REVOKE ALL ON FUNCTION aif_part_identifier_guard() FROM PUBLIC;
CREATE TRIGGER part_identifier_guard BEFORE INSERT OR UPDATE OR DELETE ON part_identifier
    FOR EACH ROW EXECUTE FUNCTION aif_part_identifier_guard();
"""
GRANTS = """
GRANT SELECT, INSERT, DELETE ON part_identifier TO aif_web;
GRANT SELECT, DELETE ON part_identifier TO aif_match;
GRANT SELECT (id, part_id, type, role, added_at) ON part_identifier TO aif_desk;
"""


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("clues", "0038_elements_by_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartIdentifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("role", models.CharField(db_collation="C", max_length=64, verbose_name="role")),
                ("sealed", models.BinaryField()),
                ("actor_ref", models.CharField(max_length=32)),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.datakey"
                    ),
                ),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identifiers", to="clues.casepart"
                    ),
                ),
            ],
            options={
                "verbose_name": "raw identifier of a part",
                "verbose_name_plural": "raw identifiers of parts",
                "db_table": "part_identifier",
            },
        ),
        migrations.RunSQL(LIFE_OF_A_VALUE, "DROP FUNCTION aif_part_identifier_guard() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
