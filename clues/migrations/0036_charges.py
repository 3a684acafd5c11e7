"""Charges that a case is checked against, what parts show of their elements, and the charges shipped anew with sectors.

The text of the shipped version lies beside this file and stays as it is. It takes the place of the former shipped one
only where nobody has put a version of their own in force.
"""

import json
import tomllib
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What a part was approved with stays with it: whoever changes it takes the approval back first.
FROZEN = """
CREATE FUNCTION aif_case_element_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM public.case_part p WHERE p.state = 'approved'
            AND p.id = CASE TG_OP WHEN 'DELETE' THEN OLD.part_id ELSE NEW.part_id END) THEN
        RAISE EXCEPTION 'case_element_approved_as_written' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
REVOKE ALL ON FUNCTION aif_case_element_frozen() FROM PUBLIC;
CREATE TRIGGER case_element_frozen BEFORE INSERT OR UPDATE OR DELETE ON case_element
    FOR EACH ROW EXECUTE FUNCTION aif_case_element_frozen();
"""
THAW = "DROP TRIGGER case_element_frozen ON case_element; DROP FUNCTION aif_case_element_frozen()"

GRANTS = """
GRANT SELECT, INSERT, UPDATE (dropped_by_id, dropped_at) ON case_charge TO aif_web, aif_desk;
GRANT SELECT, INSERT, DELETE ON case_element TO aif_web;
GRANT SELECT ON case_element TO aif_desk;
GRANT SELECT ON case_charge, case_element TO aif_match;
"""

TEXT = Path(__file__).parent / "guidance_2" / "charges.toml"


def ship(apps, schema_editor):
    """Put the shipped text in force, where the former shipped one is."""
    text = TEXT.read_text(encoding="utf-8")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guidance_version SET state = 'superseded' WHERE list = 'charges' AND state = 'in-force' AND shipped"
        )
        if not cursor.rowcount:
            return
        cursor.execute(
            "INSERT INTO guidance_version (list, title, text, state, shipped, proposed_at, signed_at)"
            " VALUES ('charges', 'Shipped, with sectors', %s, 'in-force', true, now(), now()) RETURNING id",
            [text],
        )
        (version,) = cursor.fetchone()
        for position, row in enumerate(tomllib.loads(text)["charge"], start=1):
            cursor.execute(
                "INSERT INTO guidance_row (version_id, position, code, data) VALUES (%s, %s, %s, %s)",
                [version, position, row["code"], json.dumps(row)],
            )


def _to(target, *, null=False, related_name="+"):
    return models.ForeignKey(
        db_index=False, null=null, on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=target
    )


class Migration(migrations.Migration):
    """Two tables, what the database refuses, grants, and a list of guidance."""

    dependencies = [
        ("clues", "0035_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("charge", models.CharField(db_collation="C", max_length=64, verbose_name="charge")),
                ("added_at", models.DateTimeField()),
                ("released_at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                ("added_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("case", _to("clues.case", related_name="charges")),
                ("dropped_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("institution", _to("members.institution", null=True)),
            ],
            options={
                "db_table": "case_charge",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("dropped_at__isnull", True)),
                        fields=("case", "charge"),
                        name="case_charge_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dropped_by__isnull", True), ("dropped_at__isnull", False), _connector="OR"
                        ),
                        name="case_charge_dropped_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseElement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("charge", models.CharField(db_collation="C", max_length=64)),
                ("element", models.CharField(db_collation="C", max_length=64)),
                ("part", _to("clues.casepart", related_name="elements")),
            ],
            options={
                "db_table": "case_element",
                "constraints": [
                    models.UniqueConstraint(fields=("part", "charge", "element"), name="case_element_once")
                ],
            },
        ),
        migrations.RunSQL(FROZEN, THAW),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
