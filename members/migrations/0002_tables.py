"""The tables of `members`."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_database_roles"),
    ]
    # The first migration of this app makes no User yet, and that is the one others ask for.
    run_before = [
        ("admin", "0001_initial"),
        ("account", "0001_initial"),
        ("mfa", "0001_initial"),
        ("usersessions", "0001_initial"),
        ("axes", "0001_initial"),  # asks for nothing, and would come before there is an owner
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "username",
                    models.CharField(max_length=64, unique=True, verbose_name="user name"),
                ),
                (
                    "full_name",
                    models.CharField(blank=True, default="", max_length=100, verbose_name="full name"),
                ),
                (
                    "email",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail"),
                ),
                ("role", models.CharField(max_length=32, verbose_name="role")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created at"),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "db_table": "user_account",
            },
        ),
        migrations.CreateModel(
            name="InstitutionGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "institution group",
                "verbose_name_plural": "institution groups",
                "db_table": "institution_group",
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        editable=False,
                        verbose_name="at",
                    ),
                ),
                ("verb", models.CharField(max_length=64, verbose_name="verb")),
                ("actor_kind", models.CharField(max_length=16, verbose_name="kind of actor")),
                ("actor_ref", models.CharField(max_length=64, verbose_name="actor")),
                (
                    "institution_id",
                    models.BigIntegerField(null=True, verbose_name="institution number"),
                ),
                (
                    "subject_ref",
                    models.CharField(default="", max_length=64, verbose_name="subject"),
                ),
                ("detail", models.JSONField(default=dict, verbose_name="detail")),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit trail",
                "db_table": "audit_event",
                "indexes": [
                    models.Index(fields=["institution_id", "id"], name="audit_event_institution"),
                    models.Index(fields=["subject_ref", "id"], name="audit_event_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("actor_kind__in", ["user", "key", "command", "job"])),
                        name="audit_event_actor_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Institution",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("sector", models.CharField(max_length=40, verbose_name="sector")),
                ("state", models.CharField(default="applied", max_length=16, verbose_name="state")),
                (
                    "evaluate_quota",
                    models.BigIntegerField(default=50000, verbose_name="evaluations a day"),
                ),
                (
                    "submit_quota",
                    models.BigIntegerField(default=50000, verbose_name="submitted rows a day"),
                ),
                (
                    "screen_quota",
                    models.BigIntegerField(default=2000, verbose_name="screened tokens a day"),
                ),
                (
                    "default_basis",
                    models.CharField(default="unspecified", max_length=64, verbose_name="default legal basis"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("admitted_at", models.DateTimeField(null=True, verbose_name="admitted at")),
                ("suspended_at", models.DateTimeField(null=True, verbose_name="suspended at")),
                (
                    "suspended_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of suspension"),
                ),
                (
                    "custodian_version",
                    models.BigIntegerField(default=0, verbose_name="version at the custodian"),
                ),
                (
                    "admitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="admitted by",
                    ),
                ),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="applied by",
                    ),
                ),
                (
                    "suspended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="suspended by",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="institutions",
                        to="members.institutiongroup",
                        verbose_name="group",
                    ),
                ),
            ],
            options={
                "verbose_name": "institution",
                "verbose_name_plural": "institutions",
                "db_table": "institution",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="institution",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("channel", models.CharField(max_length=32, verbose_name="channel")),
                ("destination", models.CharField(max_length=200, verbose_name="destination")),
                ("payload", models.JSONField(verbose_name="payload")),
                (
                    "institution_id",
                    models.BigIntegerField(null=True, verbose_name="institution number"),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created at"),
                ),
                ("not_before", models.DateTimeField(verbose_name="not before")),
                ("attempts", models.IntegerField(default=0, verbose_name="attempts")),
                (
                    "last_error",
                    models.CharField(default="", max_length=200, verbose_name="last error"),
                ),
                ("state", models.CharField(default="pending", max_length=16, verbose_name="state")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
            ],
            options={
                "verbose_name": "outgoing message",
                "verbose_name_plural": "outgoing messages",
                "db_table": "outbox_message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["not_before", "id"],
                        name="outbox_message_pending",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", True), ("state__in", ["pending", "dead"])),
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            _connector="OR",
                        ),
                        name="outbox_message_done_with_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key_id", models.CharField(max_length=8, unique=True, verbose_name="key id")),
                ("verifier", models.CharField(max_length=64, verbose_name="verifier")),
                (
                    "custodian_verifier",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="verifier at the custodian"),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None, verbose_name="scopes"
                    ),
                ),
                (
                    "cidrs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=49),
                        default=list,
                        size=None,
                        verbose_name="allowed networks",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("not_before", models.DateTimeField(verbose_name="valid from")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="last used at")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                (
                    "revoked_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of revocation"),
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
                        related_name="credentials",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "key",
                "verbose_name_plural": "keys",
                "db_table": "credential",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key_id__regex", "^[a-z0-9]{8}$")),
                        name="credential_key_id_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verifier__regex", "^[0-9a-f]{64}$")),
                        name="credential_verifier_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("custodian_verifier__regex", "^([0-9a-f]{64})?$")),
                        name="credential_custodian_verifier_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("not_before")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("not_before"),
                                    "+",
                                    models.Value(datetime.timedelta(days=366)),
                                ),
                            ),
                        ),
                        name="credential_lives_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_reason", "")),
                            models.Q(
                                ("revoked_at__isnull", False),
                                models.Q(("revoked_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="credential_revoked_with_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("institution__isnull", False),
                        (
                            "role__in",
                            ["submitter", "analyst", "approver", "member-admin", "auditor"],
                        ),
                    ),
                    models.Q(
                        ("institution__isnull", True),
                        ("role__in", ["alliance-operator", "alliance-approver"]),
                    ),
                    _connector="OR",
                ),
                name="user_role_fits_institution",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["applied", "live", "suspended"])),
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
                        ("state", "applied"),
                    ),
                    models.Q(
                        models.Q(("state", "applied"), _negated=True),
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
                condition=models.Q(
                    models.Q(
                        ("state", "suspended"),
                        ("suspended_at__isnull", False),
                        models.Q(("suspended_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "suspended"), _negated=True),
                        ("suspended_at__isnull", True),
                        ("suspended_by__isnull", True),
                        ("suspended_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="institution_suspended_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("admitted_by", models.F("applied_by")), _negated=True),
                name="institution_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("evaluate_quota__gte", 0), ("screen_quota__gte", 0), ("submit_quota__gte", 0)),
                name="institution_quotas_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("default_basis__regex", "^[a-z0-9-]{1,64}$")),
                name="institution_basis_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="institution",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="institution_has_a_name"
            ),
        ),
    ]
