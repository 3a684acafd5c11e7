"""Rows set aside are tried again by themselves first: without a person, and counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and what the state says of it."""

    dependencies = [("clues", "0054_asked_of_functions")]

    operations = [
        migrations.RemoveConstraint(model_name="quarantinedrow", name="quarantined_row_retried_by_somebody"),
        migrations.RemoveIndex(model_name="quarantinedrow", name="quarantined_row_waiting"),
        migrations.AddField(model_name="quarantinedrow", name="by_itself", field=models.SmallIntegerField(default=0)),
        migrations.AddIndex(
            model_name="quarantinedrow",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True), fields=["id"], name="quarantined_row_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="quarantinedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "quarantined"),
                    models.Q(("retried_at__isnull", False), ("state__in", ["waiting", "done"])),
                    _connector="OR",
                ),
                name="quarantined_row_retried",
            ),
        ),
        migrations.RunSQL("GRANT SELECT (by_itself) ON quarantined_row TO aif_desk;", migrations.RunSQL.noop),
    ]
