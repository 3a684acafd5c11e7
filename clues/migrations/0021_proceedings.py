"""Proceedings of cases and their entries, and the guidance for handing a case over, with the versions that are shipped.

The texts of the first versions lie beside this file and stay as they are: a later one is proposed and signed.
"""

import json
import tomllib
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Nobody changes what was recorded, its owner included. What is said about an entry is about a state of the same
# proceeding; whoever recorded a member's entry does not confirm it; and the portal confirms and voids nothing.
GUARD = """
CREATE FUNCTION aif_procedure_entry_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'procedure entries are only ever added';
    END IF;
    IF current_user = 'aif_web' AND (NEW.kind <> 'state' OR NEW.institution_id IS NULL) THEN
        RAISE EXCEPTION 'members record states of their own';
    END IF;
    IF NEW.about_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM public.procedure_entry e
        WHERE e.id = NEW.about_id AND e.proceeding_id = NEW.proceeding_id AND e.kind = 'state'
            AND (NEW.kind <> 'confirmation' OR e.institution_id IS NOT NULL AND e.recorded_by_ref <> NEW.recorded_by_ref))
    THEN
        RAISE EXCEPTION 'what is said of an entry does not fit it';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_procedure_entry_guard() FROM PUBLIC;
CREATE TRIGGER procedure_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON procedure_entry
    FOR EACH ROW EXECUTE FUNCTION aif_procedure_entry_guard();
"""
UNGUARD = "DROP TRIGGER procedure_entry_guard ON procedure_entry; DROP FUNCTION aif_procedure_entry_guard()"

GRANTS = """
GRANT SELECT, INSERT ON proceeding, procedure_entry TO aif_web, aif_desk;
GRANT SELECT ON proceeding, procedure_entry TO aif_match;
GRANT SELECT ON guidance_version, guidance_row TO aif_web, aif_desk, aif_match;
GRANT INSERT ON guidance_version, guidance_row TO aif_desk;
GRANT UPDATE (state, signed_by_id, signed_at) ON guidance_version TO aif_desk;
"""

TEXTS = Path(__file__).parent / "guidance_1"
LISTS = {"authorities": "authority", "charges": "charge", "playbooks": "playbook"}


def ship(apps, schema_editor):
    """Put the shipped texts in force."""
    with schema_editor.connection.cursor() as cursor:
        for name, table in LISTS.items():
            text = (TEXTS / f"{name}.toml").read_text(encoding="utf-8")
            cursor.execute(
                "INSERT INTO guidance_version (list, title, text, state, shipped, proposed_at, signed_at)"
                " VALUES (%s, 'Shipped', %s, 'in-force', true, now(), now()) RETURNING id",
                [name, text],
            )
            (version,) = cursor.fetchone()
            for position, row in enumerate(tomllib.loads(text)[table], start=1):
                cursor.execute(
                    "INSERT INTO guidance_row (version_id, position, code, data) VALUES (%s, %s, %s, %s)",
                    [version, position, row["code"], json.dumps(row)],
                )


class Migration(migrations.Migration):
    """Four tables, a guard, grants and the first guidance."""

    dependencies = [
        ("clues", "0020_ring_review"),
        ("members", "0011_new_password"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuidanceVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(db_collation="C", max_length=64, verbose_name="list")),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("text", models.TextField(verbose_name="text")),
                ("state", models.CharField(db_collation="C", default="proposed", max_length=64, verbose_name="state")),
                ("shipped", models.BooleanField(default=False, verbose_name="came with the product")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="signed at")),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "guidance",
                "verbose_name_plural": "guidance (authorities, charges, playbooks)",
                "db_table": "guidance_version",
            },
        ),
        migrations.CreateModel(
            name="GuidanceRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("code", models.CharField(db_collation="C", max_length=64)),
                ("data", models.JSONField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="clues.guidanceversion",
                    ),
                ),
            ],
            options={
                "db_table": "guidance_row",
            },
        ),
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("track", models.CharField(db_collation="C", max_length=64, verbose_name="track")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proceedings",
                        to="clues.case",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "proceeding",
                "verbose_name_plural": "proceedings",
                "db_table": "proceeding",
            },
        ),
        migrations.CreateModel(
            name="ProcedureEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(verbose_name="number")),
                ("kind", models.CharField(db_collation="C", max_length=16, verbose_name="kind")),
                ("state", models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="state")),
                ("authority", models.CharField(blank=True, db_collation="C", max_length=64, verbose_name="authority")),
                ("document_no", models.CharField(blank=True, max_length=64, verbose_name="document number")),
                ("date", models.DateField(null=True, verbose_name="date")),
                ("received_date", models.DateField(null=True, verbose_name="received on")),
                ("due_date", models.DateField(null=True, verbose_name="due on")),
                ("persons", models.IntegerField(null=True, verbose_name="persons")),
                ("persons_detained", models.IntegerField(null=True, verbose_name="persons detained")),
                ("gangs", models.IntegerField(null=True, verbose_name="gangs")),
                ("items", models.IntegerField(null=True, verbose_name="links or numbers")),
                (
                    "amount_claimed_cny",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name="amount claimed"),
                ),
                (
                    "amount_lost_cny",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name="amount lost"),
                ),
                (
                    "amount_prevented_cny",
                    models.DecimalField(decimal_places=2, max_digits=18, null=True, verbose_name="amount prevented"),
                ),
                ("province", models.CharField(blank=True, db_collation="C", max_length=5, verbose_name="province")),
                ("self_reported", models.BooleanField(default=False, verbose_name="self-reported")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("recorded_by_ref", models.CharField(max_length=64, verbose_name="recorded by")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("released_at", models.DateTimeField(verbose_name="shown from")),
                (
                    "about",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.procedureentry",
                        verbose_name="about",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="recorded for",
                    ),
                ),
                (
                    "proceeding",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="clues.proceeding",
                        verbose_name="proceeding",
                    ),
                ),
            ],
            options={
                "verbose_name": "procedure entry",
                "verbose_name_plural": "procedure entries",
                "db_table": "procedure_entry",
            },
        ),
        migrations.AddConstraint(
            model_name="guidanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("list__in", ["authorities", "charges", "playbooks"])), name="guidance_version_list"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "in-force", "superseded", "rejected"])),
                name="guidance_version_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                name="guidance_version_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidanceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_by__isnull", True), ("shipped", True)),
                    models.Q(("proposed_by__isnull", False), ("signed_by__isnull", True), ("state", "proposed")),
                    models.Q(
                        ("proposed_by__isnull", False), ("signed_at__isnull", False), ("signed_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="guidance_version_took_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidanceversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in-force")), fields=("list",), name="guidance_version_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="guidancerow",
            constraint=models.UniqueConstraint(fields=("version", "code"), name="guidance_row_once"),
        ),
        migrations.AddIndex(
            model_name="procedureentry",
            index=models.Index(
                condition=models.Q(("due_date__isnull", False)), fields=["due_date"], name="procedure_entry_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="procedureentry",
            constraint=models.UniqueConstraint(fields=("proceeding", "number"), name="procedure_entry_number"),
        ),
        migrations.AddConstraint(
            model_name="procedureentry",
            constraint=models.UniqueConstraint(fields=("about", "kind"), name="procedure_entry_said_once"),
        ),
        migrations.AddConstraint(
            model_name="procedureentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("about__isnull", True),
                        ("date__isnull", False),
                        ("kind", "state"),
                        models.Q(("state", ""), _negated=True),
                        models.Q(("authority", ""), _negated=True),
                    ),
                    models.Q(
                        ("about__isnull", False), ("institution__isnull", True), ("kind", "confirmation"), ("state", "")
                    ),
                    models.Q(
                        ("about__isnull", False), ("kind", "void"), ("state", ""), models.Q(("note", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="procedure_entry_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="procedureentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("persons_detained__isnull", True), ("persons_detained__lte", models.F("persons")), _connector="OR"
                ),
                name="procedure_entry_detained_among_persons",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
