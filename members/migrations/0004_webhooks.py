"""Webhooks, answers kept for their Idempotency-Key, and what a key says of its basis and its end."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("route", models.CharField(db_collation="C", max_length=64)),
                ("idempotency_key", models.CharField(db_collation="C", max_length=255)),
                ("fingerprint", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("answer", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "stored_answer",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=64, verbose_name="kind of events")),
                ("events", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("state", models.CharField(default="pending", max_length=16, verbose_name="state")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("not_before", models.DateTimeField(verbose_name="not before")),
                ("give_up_at", models.DateTimeField(verbose_name="given up at")),
                ("attempts", models.IntegerField(default=0, verbose_name="attempts")),
                ("last_status", models.SmallIntegerField(null=True, verbose_name="last status")),
                ("last_error", models.CharField(default="", max_length=100, verbose_name="last error")),
                ("last_attempt_at", models.DateTimeField(null=True, verbose_name="last attempt")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "db_table": "webhook_delivery",
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        default=list,
                        size=None,
                        verbose_name="kinds of events",
                    ),
                ),
                ("description", models.CharField(default="", max_length=100, verbose_name="description")),
                ("secret", models.BinaryField()),
                ("state", models.CharField(default="enabled", max_length=16, verbose_name="state")),
                ("version", models.IntegerField(default=1)),
                ("key_id", models.CharField(default="", max_length=8)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("deleted_at", models.DateTimeField(null=True, verbose_name="deleted at")),
                ("failures", models.IntegerField(default=0, verbose_name="failures in a row")),
                ("open_until", models.DateTimeField(null=True, verbose_name="paused until")),
                ("last_success_at", models.DateTimeField(null=True, verbose_name="last success")),
                ("last_failure_at", models.DateTimeField(null=True, verbose_name="last failure")),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "db_table": "webhook_endpoint",
            },
        ),
        migrations.AddField(
            model_name="credential",
            name="default_basis",
            field=models.CharField(db_default="unspecified", max_length=64, verbose_name="default legal basis"),
        ),
        migrations.AddField(
            model_name="credential",
            name="warned_at",
            field=models.DateTimeField(null=True, verbose_name="warned of expiry at"),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("default_basis__regex", "^[a-z0-9-]{1,64}$")), name="credential_basis_is_a_code"
            ),
        ),
        migrations.AddField(
            model_name="storedanswer",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="webhookendpoint",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="webhooks",
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="endpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="members.webhookendpoint",
                verbose_name="webhook",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedanswer",
            constraint=models.UniqueConstraint(
                fields=("institution", "route", "idempotency_key"), name="stored_answer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookendpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["enabled", "disabled"])), name="webhook_endpoint_state"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["endpoint", "-id"], name="webhook_delivery_endpoint"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "pending")), fields=["not_before", "id"], name="webhook_delivery_pending"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["pending", "delivered", "dead", "blocked"])),
                name="webhook_delivery_state",
            ),
        ),
    ]
