"""What two people of the alliance decide, in one table; and quotas rise only by it.

The trigger is the database's own word on the second person: whatever writes the quotas, a higher one must be what the
latest approval of the institution says.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT ON approval TO aif_desk;
GRANT UPDATE (payload, reason, state, version, edited_by_id, edited_at, expires_at, decided_by_id, decided_at,
              decision_reason, used_at) ON approval TO aif_desk;
GRANT SELECT ON approval TO aif_match;
GRANT UPDATE (state) ON approval TO aif_match;
"""

QUOTAS_RISE_BY_TWO = """
CREATE FUNCTION institution_quotas_rise_by_two() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_after jsonb;
BEGIN
    SELECT a.payload -> 'after' INTO v_after FROM public.approval a
        WHERE a.institution_id = NEW.id AND a.kind = 'quota-raise' AND a.state = 'approved'
        ORDER BY a.decided_at DESC LIMIT 1;
    IF NEW.evaluate_quota > OLD.evaluate_quota
            AND NEW.evaluate_quota IS DISTINCT FROM (v_after ->> 'evaluate_quota')::bigint
        OR NEW.submit_quota > OLD.submit_quota
            AND NEW.submit_quota IS DISTINCT FROM (v_after ->> 'submit_quota')::bigint
        OR NEW.screen_quota > OLD.screen_quota
            AND NEW.screen_quota IS DISTINCT FROM (v_after ->> 'screen_quota')::bigint
    THEN
        RAISE EXCEPTION 'a quota rises only as a second person approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION institution_quotas_rise_by_two() FROM PUBLIC;
CREATE TRIGGER institution_quotas_rise_by_two
    BEFORE UPDATE OF evaluate_quota, submit_quota, screen_quota ON institution FOR EACH ROW
    WHEN (NEW.evaluate_quota > OLD.evaluate_quota OR NEW.submit_quota > OLD.submit_quota
        OR NEW.screen_quota > OLD.screen_quota)
    EXECUTE FUNCTION institution_quotas_rise_by_two();
"""

DROP = """
DROP TRIGGER institution_quotas_rise_by_two ON institution;
DROP FUNCTION institution_quotas_rise_by_two();
"""


class Migration(migrations.Migration):
    """One table, one trigger, grants."""

    dependencies = [
        ("members", "0012_desk_factors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("subject_ref", models.CharField(max_length=64, verbose_name="about")),
                ("payload", models.JSONField(verbose_name="what would be done")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("state", models.CharField(default="proposed", max_length=16, verbose_name="state")),
                ("version", models.IntegerField(default=1, verbose_name="version")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("edited_at", models.DateTimeField(null=True, verbose_name="last changed at")),
                ("expires_at", models.DateTimeField(verbose_name="lapses at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decision_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of the decision"),
                ),
                ("used_at", models.DateTimeField(null=True, verbose_name="used at")),
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
                    "edited_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last changed by",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "approval",
                "verbose_name_plural": "approvals",
                "db_table": "approval",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")), fields=["expires_at"], name="approval_waiting"
                    ),
                    models.Index(fields=["institution", "-id"], name="approval_institution"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z0-9-]{1,32}$")), name="approval_kind_is_a_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "approved", "returned", "withdrawn", "expired"])),
                        name="approval_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        name="approval_needs_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("edited_by__isnull", True),
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("edited_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_not_by_its_last_editor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("edited_at__isnull", True), ("edited_by__isnull", True)),
                            models.Q(("edited_at__isnull", False), ("edited_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="approval_edit_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["approved", "returned"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state__in", ["proposed", "withdrawn", "expired"]),
                            ),
                            _connector="OR",
                        ),
                        name="approval_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used_at__isnull", True), ("state", "approved"), _connector="OR"),
                        name="approval_used_only_when_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="approval_has_a_reason"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("kind", "subject_ref"),
                        name="approval_one_open_about_a_thing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(QUOTAS_RISE_BY_TWO, DROP),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
