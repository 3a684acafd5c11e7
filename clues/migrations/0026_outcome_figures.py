"""Outcomes of the alliance as figures of a job, so that no page of a member counts over cases that are not its own."""

from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON outcome_figure TO aif_match;
GRANT SELECT, INSERT, DELETE ON funnel_figure TO aif_match;
GRANT SELECT ON outcome_figure, funnel_figure TO aif_web, aif_desk;
"""


class Migration(migrations.Migration):
    """Two tables."""

    dependencies = [("clues", "0025_ring_cuts")]

    operations = [
        migrations.CreateModel(
            name="OutcomeFigure",
            fields=[
                (
                    "counter",
                    models.CharField(db_collation="C", max_length=64, primary_key=True, serialize=False),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=24)),
                ("institutions", models.IntegerField()),
                ("as_of", models.DateTimeField()),
            ],
            options={"db_table": "outcome_figure"},
        ),
        migrations.CreateModel(
            name="FunnelFigure",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "category", "stage", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("category", models.CharField(db_collation="C", max_length=64)),
                ("stage", models.CharField(db_collation="C", max_length=64)),
                ("clues", models.BigIntegerField()),
                ("from_previous", models.BigIntegerField()),
                ("median_seconds", models.BigIntegerField(null=True)),
                ("institutions", models.IntegerField()),
                ("as_of", models.DateTimeField()),
            ],
            options={"db_table": "funnel_figure"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
