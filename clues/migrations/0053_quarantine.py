"""Rows that no worker survives: set aside, and how a chunk is searched for them; an interrupted chunk keeps its place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from members.row_security.policies import expose, protect

# The payload is for the worker alone; the desk sees which row, and says that it is tried again.
GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON quarantined_row TO aif_match;
GRANT SELECT (id, batch_id, chunk_id, institution_id, row, state, attempts, claimed_at, quarantined_at, retried_at, retried_by_id,
    retry_reason) ON quarantined_row TO aif_desk;
GRANT UPDATE (state, attempts, retried_at, retried_by_id, retry_reason) ON quarantined_row TO aif_desk;
"""
PROTECT = protect("quarantined_row", "false")


class Migration(migrations.Migration):
    """One table, two columns, another index."""

    dependencies = [
        ("clues", "0052_fair_queue"),
        ("members", "0019_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuarantinedRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chunk_id", models.BigIntegerField()),
                ("row", models.IntegerField(verbose_name="row")),
                ("clue_row", models.TextField(default="")),
                ("identifier_rows", models.TextField(default="")),
                (
                    "state",
                    models.CharField(db_collation="C", default="quarantined", max_length=64, verbose_name="state"),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("quarantined_at", models.DateTimeField(verbose_name="set aside at")),
                ("retried_at", models.DateTimeField(null=True, verbose_name="tried again at")),
                ("retry_reason", models.CharField(default="", max_length=500, verbose_name="reason")),
            ],
            options={
                "db_table": "quarantined_row",
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="quarantined",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="batchchunk",
            name="search",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="batchchunk",
            index=models.Index(
                condition=models.Q(("state", "received")), fields=["institution", "id"], name="batch_chunk_waiting"
            ),
        ),
        migrations.RemoveIndex(model_name="batchchunk", name="batch_chunk_in_turn"),
        migrations.AddField(
            model_name="quarantinedrow",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quarantined_rows",
                to="clues.batch",
            ),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="quarantinedrow",
            name="retried_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddIndex(
            model_name="quarantinedrow",
            index=models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="quarantined_row_waiting"),
        ),
        migrations.AddConstraint(
            model_name="quarantinedrow",
            constraint=models.UniqueConstraint(fields=("institution", "batch", "row"), name="quarantined_row_once"),
        ),
        migrations.AddConstraint(
            model_name="quarantinedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "quarantined"),
                    models.Q(
                        ("retried_at__isnull", False), ("retried_by__isnull", False), ("state__in", ["waiting", "done"])
                    ),
                    _connector="OR",
                ),
                name="quarantined_row_retried_by_somebody",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(PROTECT, expose("quarantined_row")),
    ]
