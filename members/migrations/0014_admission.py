"""Admission in steps, agreements, and leaving.

`aif_depart` ends what lets an institution act, once its day has come by the database's clock. It has the owner's rights, so
that the worker, which calls it, may write none of these tables.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT ON institution_agreement TO aif_desk;
GRANT UPDATE (uscc, license_no, vetted_at, vetted_by_id, agreed_at, agreed_by_id, leaving_announced_at,
              leaving_announced_by_id, leaving_at, leaving_clues) ON institution TO aif_desk;
GRANT UPDATE (custodian_version) ON institution TO aif_match;
"""

DEPART = """
CREATE FUNCTION aif_depart(p_institution bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    UPDATE public.institution SET departed_at = v_now
        WHERE id = p_institution AND leaving_at <= v_now AND departed_at IS NULL AND state IN ('live', 'suspended');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE public.credential SET revoked_at = v_now, revoked_reason = 'the institution left the alliance'
        WHERE institution_id = p_institution AND revoked_at IS NULL;
    UPDATE public.user_account SET is_active = false WHERE institution_id = p_institution;
    UPDATE public.invitation SET revoked_at = v_now
        WHERE institution_id = p_institution AND accepted_at IS NULL AND revoked_at IS NULL;
    UPDATE public.webhook_endpoint SET deleted_at = v_now WHERE institution_id = p_institution AND deleted_at IS NULL;
    DELETE FROM public.django_session WHERE session_key IN (
        SELECT s.session_key FROM public.usersessions_usersession s JOIN public.user_account u ON u.id = s.user_id
        WHERE u.institution_id = p_institution);
    DELETE FROM public.usersessions_usersession WHERE user_id IN (
        SELECT id FROM public.user_account WHERE institution_id = p_institution);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION aif_depart(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_depart(bigint) TO aif_match;
"""


class Migration(migrations.Migration):
    """One table, columns and constraints of the institution, one function, grants."""

    dependencies = [
        ("members", "0013_approvals"),
    ]

    operations = [
        migrations.CreateModel(
            name="InstitutionAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=100, verbose_name="file name")),
                ("content", models.BinaryField()),
                ("size", models.IntegerField(verbose_name="bytes")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "db_table": "institution_agreement",
            },
        ),
        migrations.RemoveConstraint(
            model_name="institution",
            name="institution_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="institution",
            name="institution_admitted_with_date",
        ),
        migrations.AddField(
            model_name="institution",
            name="agreed_at",
            field=models.DateTimeField(null=True, verbose_name="agreement uploaded at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="agreed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="agreement uploaded by",
            ),
        ),
        migrations.AddField(
            model_name="institution",
            name="departed_at",
            field=models.DateTimeField(null=True, verbose_name="people and keys ended at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="leaving_announced_at",
            field=models.DateTimeField(null=True, verbose_name="leaving announced at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="leaving_announced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="leaving announced by",
            ),
        ),
        migrations.AddField(
            model_name="institution",
            name="leaving_at",
            field=models.DateTimeField(null=True, verbose_name="leaves at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="leaving_clues",
            field=models.CharField(default="", max_length=16, verbose_name="what becomes of its clues"),
        ),
        migrations.AddField(
            model_name="institution",
            name="left_at",
            field=models.DateTimeField(null=True, verbose_name="left at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="license_no",
            field=models.CharField(default="", max_length=64, verbose_name="number of the license"),
        ),
        migrations.AddField(
            model_name="institution",
            name="uscc",
            field=models.CharField(default="", max_length=18, verbose_name="unified social credit code"),
        ),
        migrations.AddField(
            model_name="institution",
            name="vetted_at",
            field=models.DateTimeField(null=True, verbose_name="vetted at"),
        ),
        migrations.AddField(
            model_name="institution",
            name="vetted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="vetted by",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["applied", "vetted", "agreed", "declined", "live", "suspended", "left"])
                ),
                name="institution_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("admitted_at__isnull", True),
                        ("admitted_by__isnull", True),
                        ("state__in", ["applied", "vetted", "agreed", "declined"]),
                    ),
                    models.Q(
                        models.Q(("state__in", ["applied", "vetted", "agreed", "declined"]), _negated=True),
                        ("admitted_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="institution_admitted_with_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("admitted_by", models.F("vetted_by")), _negated=True),
                name="institution_not_admitted_by_who_vetted",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("admitted_by", models.F("agreed_by")), _negated=True),
                name="institution_not_admitted_by_who_uploaded",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["vetted", "agreed"]), _negated=True),
                    models.Q(("vetted_at__isnull", False), ("vetted_by__isnull", False)),
                    _connector="OR",
                ),
                name="institution_vetted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "agreed"), _negated=True),
                    models.Q(("agreed_at__isnull", False), ("agreed_by__isnull", False)),
                    _connector="OR",
                ),
                name="institution_agreed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("leaving_announced_at__isnull", True), ("leaving_at__isnull", True), ("leaving_clues", "")
                    ),
                    models.Q(
                        ("leaving_announced_at__isnull", False),
                        ("leaving_at__isnull", False),
                        ("leaving_clues__in", ["withdraw", "keep"]),
                    ),
                    _connector="OR",
                ),
                name="institution_leaving_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("departed_at__isnull", True), ("leaving_at__isnull", False), _connector="OR"),
                name="institution_departs_as_announced",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("departed_at__isnull", False), ("left_at__isnull", False), ("state", "left")),
                    models.Q(models.Q(("state", "left"), _negated=True), ("left_at__isnull", True)),
                    _connector="OR",
                ),
                name="institution_left_with_date",
            ),
        ),
        migrations.AddField(
            model_name="institutionagreement",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="institutionagreement",
            name="uploaded_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="uploaded by",
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0), ("size__lte", 10485760)), name="agreement_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="institutionagreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="agreement_digest_form"
            ),
        ),
        migrations.RunSQL(DEPART, "DROP FUNCTION aif_depart(bigint)"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
