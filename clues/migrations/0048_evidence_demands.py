"""Demands for evidence: one table, how a demand may go on, grants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Each role takes its own steps; and what opens a demand is the file that was committed to, whatever the program says.
GUARD = """
CREATE FUNCTION aif_evidence_demand_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.clue_id, NEW.institution_id, NEW.category, NEW.cause, NEW.draw_size, NEW.draw_root, NEW.committed,
            NEW.asked_at, NEW.due_at)
        IS DISTINCT FROM (OLD.id, OLD.clue_id, OLD.institution_id, OLD.category, OLD.cause, OLD.draw_size, OLD.draw_root,
            OLD.committed, OLD.asked_at, OLD.due_at)
    THEN
        RAISE EXCEPTION 'evidence_demand_is_asked_once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('open', 'opened'), ('open', 'failed'), ('open', 'moot'), ('opened', 'accepted'), ('opened', 'refuted'),
        ('opened', 'moot'))
        OR NEW.state <> OLD.state AND (
            current_user = 'aif_web' AND NEW.state NOT IN ('opened', 'failed')
            OR current_user = 'aif_match' AND NEW.state NOT IN ('failed', 'moot')
            OR current_user = 'aif_desk' AND NEW.state NOT IN ('accepted', 'refuted'))
    THEN
        RAISE EXCEPTION 'evidence_demand_goes_one_way' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'opened' AND OLD.state = 'open' AND NEW.committed <> '' AND NOT EXISTS (
        SELECT 1 FROM public.stored_object o
        WHERE o.id = NEW.object_id AND o.state = 'complete' AND o.sha256 = NEW.committed)
    THEN
        RAISE EXCEPTION 'evidence_demand_opened_by_what_was_committed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_evidence_demand_guard() FROM PUBLIC;
CREATE TRIGGER evidence_demand_guard BEFORE UPDATE ON evidence_demand
    FOR EACH ROW EXECUTE FUNCTION aif_evidence_demand_guard();
"""
GRANTS = """
GRANT SELECT ON evidence_demand TO aif_web;
GRANT UPDATE (state, attempts, object_id, opened_at, opened_by_ref, decided_at, applied_at) ON evidence_demand TO aif_web;
GRANT SELECT, INSERT, DELETE ON evidence_demand TO aif_match;
GRANT UPDATE (state, decided_at, applied_at) ON evidence_demand TO aif_match;
GRANT SELECT ON evidence_demand TO aif_desk;
GRANT UPDATE (state, decided_at, decided_by_id, decision_reason, applied_at) ON evidence_demand TO aif_desk;
GRANT SELECT (size, root, at) ON audit_checkpoint TO aif_match;
"""


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("clues", "0047_screening_seals"),
        ("members", "0018_witnesses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(db_collation="C", max_length=64, verbose_name="category")),
                ("cause", models.CharField(db_collation="C", max_length=64, verbose_name="cause")),
                ("draw_size", models.BigIntegerField(null=True, verbose_name="size of the log at the draw")),
                ("draw_root", models.CharField(default="", max_length=64, verbose_name="root of the log at the draw")),
                ("committed", models.CharField(default="", max_length=64, verbose_name="committed SHA-256")),
                ("state", models.CharField(db_collation="C", default="open", max_length=64, verbose_name="state")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("due_at", models.DateTimeField(verbose_name="answer due")),
                ("attempts", models.SmallIntegerField(default=0, verbose_name="files that differed")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened at")),
                ("opened_by_ref", models.CharField(default="", max_length=64)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decision_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of the decision"),
                ),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "clue",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clues.clue",
                        verbose_name="clue",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "object",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.storedobject",
                    ),
                ),
            ],
            options={
                "verbose_name": "demand for evidence",
                "verbose_name_plural": "demands for evidence",
                "db_table": "evidence_demand",
                "indexes": [
                    models.Index(fields=["institution", "id"], name="evidence_demand_institution"),
                    models.Index(condition=models.Q(("state", "open")), fields=["due_at"], name="evidence_demand_due"),
                    models.Index(
                        condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="evidence_demand_waiting"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "opened", "accepted", "refuted", "failed", "moot"])),
                        name="evidence_demand_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", "dispute"), ("draw_root", ""), ("draw_size__isnull", True)),
                            models.Q(
                                ("cause", "audit"),
                                ("draw_size__isnull", False),
                                models.Q(("draw_root", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_demand_drawn_by_a_checkpoint",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["opened", "accepted", "refuted"]), _negated=True),
                            models.Q(("object__isnull", False), ("opened_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="evidence_demand_opened_by_a_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "refuted"]), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decision_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_demand_decided_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "opened"])),
                        fields=("institution", "clue"),
                        name="evidence_demand_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION aif_evidence_demand_guard() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
