"""What waits for whom: an index of the matches that are assigned and that nobody acknowledged."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("clues", "0018_notices_and_figures")]

    operations = [
        migrations.AddIndex(
            "matchwork",
            models.Index(
                fields=["assignee"],
                condition=Q(assignee__isnull=False, acknowledged_at__isnull=True),
                name="match_work_to_do",
            ),
        ),
    ]
