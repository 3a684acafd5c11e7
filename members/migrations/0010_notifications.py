"""What each person wants to be told, and the mail that waits for them; nudges to institutions become theirs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# People choose for themselves; the worker reads what they chose, and alone knows what waits.
GRANTS = """
GRANT SELECT, INSERT, UPDATE ON notification_setting, notification_preference TO aif_web;
GRANT SELECT ON notification_setting, notification_preference TO aif_match;
GRANT SELECT, INSERT, UPDATE ON waiting_mail TO aif_match;
"""
# What waits in the old form is news of an institution.
RENAME = "UPDATE outbox_message SET channel = 'notice' WHERE channel = 'email' AND state = 'pending'"


class Migration(migrations.Migration):
    """Three tables, grants by table, and the waiting nudges under their new name."""

    dependencies = [("members", "0009_accounts")]

    operations = [
        migrations.CreateModel(
            name="NotificationSetting",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("language", models.CharField(max_length=8)),
                ("quiet_from", models.TimeField(null=True)),
                ("quiet_to", models.TimeField(null=True)),
                ("urgent_breaks_quiet", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "notification_setting",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(language__in=["zh-hans", "en"]), name="notification_setting_language"
                    ),
                    models.CheckConstraint(
                        condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                        | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                        name="notification_setting_quiet_hours",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotificationPreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("in_app", models.BooleanField()),
                ("mail", models.CharField(max_length=8)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "notification_preference",
                "constraints": [
                    models.UniqueConstraint(fields=["user", "kind"], name="notification_preference_once"),
                    models.CheckConstraint(
                        condition=Q(mail__in=["off", "instant", "digest"]), name="notification_preference_mail"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("way", models.CharField(max_length=8)),
                ("counts", models.JSONField(default=dict)),
                ("due_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "waiting_mail",
                "indexes": [
                    models.Index(condition=Q(due_at__isnull=False), fields=["due_at"], name="waiting_mail_due")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["user", "way"], name="waiting_mail_once"),
                    models.CheckConstraint(
                        condition=Q(way__in=["instant", "urgent", "digest"]), name="waiting_mail_way"
                    ),
                    models.CheckConstraint(
                        condition=Q(due_at__isnull=True, counts={}) | (Q(due_at__isnull=False) & ~Q(counts={})),
                        name="waiting_mail_due_with_counts",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
    ]
