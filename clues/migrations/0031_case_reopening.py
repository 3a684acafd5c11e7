"""Closed cases that somebody asks to reopen: few among many, so an index of their own."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("clues", "0030_joint_work")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                F("changed_at").desc(),
                F("id").desc(),
                condition=Q(reopen_asked_at__isnull=False),
                name="case_reopening",
            ),
        ),
    ]
