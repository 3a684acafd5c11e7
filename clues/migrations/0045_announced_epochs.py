"""Key epochs are announced before they open; the worker opens and retires them at the announced hours."""

from django.db import migrations, models

GRANTS = "GRANT UPDATE (state) ON key_epoch TO aif_match;"


class Migration(migrations.Migration):
    """One more state of a key epoch."""

    dependencies = [("clues", "0044_report_packages")]

    operations = [
        migrations.RemoveConstraint("keyepoch", "key_epoch_state"),
        migrations.AddConstraint(
            "keyepoch",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["announced", "active", "overlap", "retired"])),
                name="key_epoch_state",
            ),
        ),
        migrations.RunSQL(GRANTS, "REVOKE UPDATE (state) ON key_epoch FROM aif_match;"),
    ]
