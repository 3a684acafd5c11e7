"""A batch is held as well when more of its rows end whoever works on them than are set aside one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more cause."""

    dependencies = [("clues", "0057_matched_of_retried_rows")]

    operations = [
        migrations.RemoveConstraint(model_name="batchhold", name="batch_hold_cause"),
        migrations.AddConstraint(
            model_name="batchhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cause__in", ["failed", "rows-failed"]),
                    models.Q(("cause", "volume"), ("day_rows__isnull", False), ("usual_rows__isnull", False)),
                    _connector="OR",
                ),
                name="batch_hold_cause",
            ),
        ),
    ]
