"""Elements of charges can be shown by items of evidence, of the same party in the same case."""

import django.db.models.deletion
from django.db import migrations, models

# Whatever the code does: no party shows anything by what another one holds, or by what belongs to another case.
OWN = """
CREATE FUNCTION aif_case_element_own_evidence() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.evidence_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM public.evidence_item e JOIN public.case_part p ON p.id = NEW.part_id
            WHERE e.id = NEW.evidence_id AND e.case_id = p.case_id AND e.institution_id = p.institution_id) THEN
        RAISE EXCEPTION 'case_element_by_own_evidence' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_case_element_own_evidence() FROM PUBLIC;
CREATE TRIGGER case_element_own_evidence BEFORE INSERT ON case_element
    FOR EACH ROW EXECUTE FUNCTION aif_case_element_own_evidence();
"""
GONE = "DROP TRIGGER case_element_own_evidence ON case_element; DROP FUNCTION aif_case_element_own_evidence()"


class Migration(migrations.Migration):
    """A column, what is unique with it, what the database refuses."""

    dependencies = [("clues", "0037_campaigns")]

    operations = [
        migrations.AddField(
            model_name="caseelement",
            name="evidence",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clues.evidenceitem",
            ),
        ),
        migrations.RemoveConstraint(model_name="caseelement", name="case_element_once"),
        migrations.AddConstraint(
            model_name="caseelement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("evidence__isnull", True)),
                fields=("part", "charge", "element"),
                name="case_element_by_facts_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseelement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("evidence__isnull", False)),
                fields=("part", "charge", "element", "evidence"),
                name="case_element_by_evidence_once",
            ),
        ),
        migrations.RunSQL(OWN, GONE),
    ]
