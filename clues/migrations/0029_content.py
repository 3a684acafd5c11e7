"""Links of content that members share in clear, sheets for platforms, and what these answered."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Web reports, and marks what came back; everything a platform does is the desk's to record. History is only added to.
GRANTS = """
GRANT SELECT, INSERT ON content, content_report, content_step TO aif_web;
GRANT UPDATE (state, reappeared_at, reappearances, changed_at, version) ON content TO aif_web;
GRANT UPDATE (category, account_shown, capture_sha256, observed_at, note) ON content_report TO aif_web;
GRANT SELECT ON content, content_report, content_step TO aif_desk;
GRANT UPDATE (state, reason, requested_at, removed_at, reappeared_at, requests, removals, reappearances, changed_at, version)
    ON content TO aif_desk;
GRANT INSERT ON content_step TO aif_desk;
GRANT SELECT, INSERT ON content_sheet, content_answers TO aif_desk;
GRANT SELECT ON content TO aif_match;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0028_clue_words"),
        ("members", "0013_approvals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("canonical", models.CharField(db_collation="C", max_length=2000, verbose_name="canonical link")),
                ("link", models.CharField(max_length=2000, verbose_name="link as first reported")),
                ("platform", models.CharField(db_collation="C", max_length=64, verbose_name="platform")),
                ("category", models.CharField(db_collation="C", max_length=64, verbose_name="category")),
                ("state", models.CharField(db_collation="C", default="reported", max_length=64, verbose_name="state")),
                ("reason", models.CharField(db_collation="C", default="", max_length=64, verbose_name="reason")),
                ("first_reported_at", models.DateTimeField(verbose_name="first reported at")),
                ("requested_at", models.DateTimeField(null=True, verbose_name="requested at")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed at")),
                ("reappeared_at", models.DateTimeField(null=True, verbose_name="re-appeared at")),
                ("requests", models.IntegerField(default=0, verbose_name="requests")),
                ("removals", models.IntegerField(default=0, verbose_name="removals")),
                ("reappearances", models.IntegerField(default=0, verbose_name="re-appeared, times")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "verbose_name": "content",
                "verbose_name_plural": "contents",
                "db_table": "content",
                "indexes": [models.Index(fields=["platform", "state", "id"], name="content_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("type", "canonical"), name="content_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["reported", "requested", "removed", "re-appeared", "rejected"])
                        ),
                        name="content_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["content-url", "url", "domain"])),
                        name="content_is_shared_in_clear",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="content_rejected_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "removed"), _negated=True),
                            ("removed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="content_removed_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(db_collation="C", max_length=64, verbose_name="platform")),
                ("no", models.IntegerField(verbose_name="number")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("contents", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("csv", models.BinaryField()),
                ("csv_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the CSV")),
                ("xlsx", models.BinaryField()),
                ("xlsx_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the workbook")),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report sheet",
                "verbose_name_plural": "report sheets",
                "db_table": "content_sheet",
            },
        ),
        migrations.CreateModel(
            name="ContentAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("taken", models.IntegerField()),
                ("faults", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="clues.contentsheet"
                    ),
                ),
            ],
            options={
                "db_table": "content_answers",
            },
        ),
        migrations.CreateModel(
            name="ContentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(db_collation="C", max_length=64)),
                ("from_state", models.CharField(db_collation="C", default="", max_length=64)),
                ("to_state", models.CharField(db_collation="C", max_length=64)),
                ("reason", models.CharField(db_collation="C", default="", max_length=64)),
                ("by_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="clues.content"
                    ),
                ),
            ],
            options={
                "db_table": "content_step",
            },
        ),
        migrations.CreateModel(
            name="ContentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(db_collation="C", max_length=64)),
                ("account_shown", models.BooleanField(null=True)),
                ("capture_sha256", models.BinaryField(null=True)),
                ("observed_at", models.DateTimeField(null=True)),
                ("note", models.CharField(default="", max_length=500)),
                ("reported_by_ref", models.CharField(max_length=64)),
                ("reported_at", models.DateTimeField()),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="clues.content"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
            ],
            options={
                "db_table": "content_report",
                "indexes": [models.Index(fields=["institution", "content"], name="content_report_institution")],
                "constraints": [models.UniqueConstraint(fields=("content", "institution"), name="content_report_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="contentsheet",
            constraint=models.UniqueConstraint(fields=("platform", "no"), name="content_sheet_number"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
