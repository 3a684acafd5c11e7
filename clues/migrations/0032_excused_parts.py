"""Parts that a case goes on without; and a part is approved only as it was handed over, by a change of nothing else."""

import django.db.models.deletion
from django.db import migrations, models

GRANTS = """
GRANT SELECT ON case_part_excuse TO aif_web;
GRANT SELECT, INSERT ON case_part_excuse TO aif_desk;
"""

# In addition to what 0030 says: a part begins as a draft, only one that was handed over is approved, and who wrote it last
# is not changed with the approval; so the constraint compares the approver with who really wrote.
AS_HANDED_OVER = """
CREATE FUNCTION aif_case_part_as_handed_over() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'case_part_begins_as_draft' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.state = 'approved' AND (OLD.state = 'draft'
            OR (NEW.editor_id, NEW.edited_at) IS DISTINCT FROM (OLD.editor_id, OLD.edited_at)
            OR OLD.state = 'approved' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id) THEN
        RAISE EXCEPTION 'case_part_approved_as_handed_over' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_case_part_as_handed_over() FROM PUBLIC;
CREATE TRIGGER case_part_as_handed_over BEFORE INSERT OR UPDATE ON case_part
    FOR EACH ROW EXECUTE FUNCTION aif_case_part_as_handed_over();
"""


class Migration(migrations.Migration):
    """One table, one trigger, grants."""

    dependencies = [("clues", "0031_case_reopening"), ("members", "0014_admission")]

    operations = [
        migrations.CreateModel(
            name="CasePartExcuse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="excuses",
                        to="clues.case",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.institution",
                    ),
                ),
            ],
            options={
                "db_table": "case_part_excuse",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "institution"), name="case_part_excuse_once"),
                ],
            },
        ),
        migrations.RunSQL(AS_HANDED_OVER, "DROP FUNCTION aif_case_part_as_handed_over() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
