"""What a row that is tried again matched counts from its own tick on: the batch may have been released long before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns, and what the step that sets the tick looks at."""

    dependencies = [("clues", "0056_swept_epochs")]

    operations = [
        migrations.AddField(
            model_name="batch", name="matched_later", field=models.IntegerField(db_default=0, default=0)
        ),
        migrations.AddField(model_name="batch", name="matched_later_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("matched_later__gt", 0), ("matched_later_at__isnull", True)),
                fields=["id"],
                name="batch_matched_untold",
            ),
        ),
    ]
