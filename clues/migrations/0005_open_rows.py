"""Partial indexes for what the releaser and the inbox look for: the few rows still open among very many."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0004_screening_answer"),
        ("members", "0003_grants"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("released_at__isnull", True)), fields=["id"], name="match_unreleased"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["institution", "kind"], name="notice_unread"
            ),
        ),
    ]
