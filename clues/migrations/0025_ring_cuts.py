"""What people decide about rings: mergers undone, clues and identifiers set apart."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A ring that went up in another one gives the number of its component up; the merger knows the ring instead.
FILL = """
UPDATE ring_merge m SET
    ring_id = (SELECT r.id FROM ring r WHERE r.component = m.absorbed AND r.state = 'merged'),
    component = coalesce(
        (SELECT e.component FROM ring_edge e WHERE e.clue_id = ANY(m.clues) ORDER BY e.clue_id LIMIT 1), m.survivor);
UPDATE ring SET component = -id WHERE state = 'merged';
"""
GRANTS = """
GRANT SELECT, INSERT ON ring_cut TO aif_desk;
GRANT UPDATE (lifted_by_id, lifted_at, lift_reason) ON ring_cut TO aif_desk;
GRANT SELECT ON ring_cut TO aif_match;
GRANT UPDATE (applied_at, parted, lift_applied_at) ON ring_cut TO aif_match;
GRANT SELECT, INSERT, DELETE ON ring_cut_edge TO aif_match;
GRANT SELECT ON ring_cut_edge TO aif_desk;
"""


class Migration(migrations.Migration):
    """Two tables, the shade of an edge, and where a merger lies now."""

    dependencies = [
        ("clues", "0024_departures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RingCut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                (
                    "clues",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("type", models.CharField(db_collation="C", default="", max_length=64)),
                ("epoch", models.IntegerField(null=True)),
                ("token", models.UUIDField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                ("applied_at", models.DateTimeField(null=True)),
                ("parted", models.IntegerField(null=True)),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted at")),
                ("lift_reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("lift_applied_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
                (
                    "merge",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.ringmerge",
                    ),
                ),
                (
                    "ring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cuts", to="clues.ring"
                    ),
                ),
            ],
            options={
                "verbose_name": "separation in a ring",
                "verbose_name_plural": "separations in rings",
                "db_table": "ring_cut",
            },
        ),
        migrations.CreateModel(
            name="RingCutEdge",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "clue_id",
                        "type",
                        "epoch",
                        "token",
                        "cut_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("epoch", models.IntegerField()),
                ("token", models.UUIDField()),
                ("side", models.SmallIntegerField()),
                (
                    "clue",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clues.clue",
                    ),
                ),
                (
                    "cut",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="edges", to="clues.ringcut"
                    ),
                ),
            ],
            options={
                "db_table": "ring_cut_edge",
            },
        ),
        migrations.RemoveIndex(
            model_name="ringmerge",
            name="ring_merge_survivor",
        ),
        migrations.AddField(
            model_name="ringedge",
            name="shade",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="ringmerge",
            name="component",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="ringmerge",
            name="ring",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.ring"
            ),
        ),
        migrations.AddIndex(
            model_name="ringmerge",
            index=models.Index(
                condition=models.Q(("undone_at__isnull", True)), fields=["component"], name="ring_merge_component"
            ),
        ),
        migrations.AddIndex(
            model_name="ringcut",
            index=models.Index(
                condition=models.Q(("kind", "identifier"), ("lifted_at__isnull", True)),
                fields=["type", "epoch", "token"],
                name="ring_cut_identifier",
            ),
        ),
        migrations.AddIndex(
            model_name="ringcut",
            index=models.Index(
                condition=models.Q(
                    ("applied_at__isnull", True),
                    models.Q(("lift_applied_at__isnull", True), ("lifted_at__isnull", False)),
                    _connector="OR",
                ),
                fields=["id"],
                name="ring_cut_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="ringcut",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "unmerge"), ("merge__isnull", False), ("token__isnull", True)),
                    models.Q(("kind", "clues"), ("merge__isnull", True), ("token__isnull", True)),
                    models.Q(
                        ("epoch__isnull", False),
                        ("kind", "identifier"),
                        ("merge__isnull", True),
                        ("token__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ring_cut_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ringcut",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="ring_cut_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="ringcut",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lift_reason", ""), ("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ring_cut_lift_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="ringcut",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)), fields=("merge",), name="ring_cut_undoes_once"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
