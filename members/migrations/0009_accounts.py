"""Invitations, and what each role may do with them and with the tables of allauth and axes.

The web process now makes and changes accounts, of members' people only: a trigger holds it to that, whatever the
grants say. Of allauth's own e-mail addresses nobody reads or writes anything; ours stand in user_account.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT ON invitation TO aif_web, aif_desk;
GRANT UPDATE (token_hash, expires_at, revoked_at, accepted_at, accepted_by_id) ON invitation TO aif_web;
GRANT UPDATE (token_hash, expires_at, revoked_at) ON invitation TO aif_desk;

GRANT INSERT ON user_account TO aif_web;
GRANT UPDATE (full_name, email, role, is_active) ON user_account TO aif_web;

GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO aif_web;
GRANT SELECT, INSERT, DELETE ON mfa_authenticator TO aif_desk;
GRANT SELECT, INSERT, UPDATE, DELETE ON usersessions_usersession TO aif_web;
GRANT SELECT, DELETE ON usersessions_usersession TO aif_desk;

GRANT SELECT, INSERT, UPDATE, DELETE ON axes_accessattempt TO aif_web, aif_desk;
GRANT SELECT, DELETE ON axes_accessattemptexpiration TO aif_web, aif_desk;
"""

WEB_MAKES_MEMBERS = """
CREATE FUNCTION user_account_of_a_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'aif_web' AND (
        NEW.institution_id IS NULL OR (TG_OP = 'UPDATE' AND NEW.institution_id IS DISTINCT FROM OLD.institution_id)
    ) THEN
        RAISE EXCEPTION 'permission denied: this process makes and changes accounts of members only'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_account_of_a_member
    BEFORE INSERT OR UPDATE OF full_name, email, role, is_active, institution_id ON user_account
    FOR EACH ROW EXECUTE FUNCTION user_account_of_a_member();
"""

DROP = """
DROP TRIGGER user_account_of_a_member ON user_account;
DROP FUNCTION user_account_of_a_member();
"""


class Migration(migrations.Migration):
    """One table, one trigger, grants."""

    dependencies = [
        ("members", "0008_people_act"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=32, verbose_name="role")),
                ("full_name", models.CharField(max_length=100, verbose_name="full name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("token_hash", models.CharField(max_length=64, unique=True, verbose_name="hash of the link")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted at")),
                (
                    "accepted_by",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitation",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="accepted by",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "db_table": "invitation",
                "indexes": [models.Index(fields=["institution", "-id"], name="invitation_institution")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["submitter", "analyst", "approver", "member-admin", "auditor"])
                        ),
                        name="invitation_is_for_members",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="invitation_hash_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", True), ("accepted_by__isnull", True)),
                            models.Q(
                                ("accepted_at__isnull", False),
                                ("accepted_by__isnull", False),
                                ("revoked_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_accepted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WEB_MAKES_MEMBERS, DROP),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
