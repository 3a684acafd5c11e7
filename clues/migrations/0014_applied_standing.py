"""How far the matches follow the states of institutions."""

import django.db.models.deletion
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON applied_standing TO aif_match;
"""


class Migration(migrations.Migration):
    """A row for each institution that was ever suspended; whoever is now is applied by the next turn of a worker."""

    dependencies = [("clues", "0013_purpose_of_a_dispute"), ("members", "0007_webhook_sending")]

    operations = [
        migrations.CreateModel(
            name="AppliedStanding",
            fields=[
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="members.institution",
                    ),
                ),
                ("live", models.BooleanField()),
                ("toward", models.BooleanField()),
                ("after", models.BigIntegerField()),
            ],
            options={"db_table": "applied_standing"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
