"""Answers of screenings that came with an Idempotency-Key; web alone reads, writes and sweeps them."""

import django.db.models.deletion
from django.db import migrations, models

GRANTS = "GRANT SELECT, INSERT, UPDATE, DELETE ON screening_answer TO aif_web"


class Migration(migrations.Migration):
    """The table and its grant."""

    dependencies = [("clues", "0003_case_parties"), ("members", "0003_grants")]

    operations = [
        migrations.CreateModel(
            name="ScreeningAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "institution_id",
                        "idempotency_key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("idempotency_key", models.CharField(db_collation="C", max_length=255)),
                ("fingerprint", models.BinaryField()),
                ("answer", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
            ],
            options={"db_table": "screening_answer"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
