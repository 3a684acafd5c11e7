"""What retention and the recount look for: ended clues, and the sightings of a clue."""

from django.db import migrations, models

# A condition of a DELETE is a read.
GRANTS = """
GRANT DELETE ON quota_use TO aif_match;
GRANT SELECT (id, screened_at) ON screening TO aif_match;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0007_grants"),
        ("members", "0005_grants"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="clue",
            index=models.Index(condition=models.Q(("ended_at__isnull", False)), fields=["ended_at"], name="clue_ended"),
        ),
        migrations.AddIndex(
            model_name="sighting",
            index=models.Index(fields=["clue"], name="sighting_clue"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
