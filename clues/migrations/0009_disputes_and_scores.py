"""When an answer to a dispute is due, the step of a source's quality, and which matches wait for their score."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing is rewritten: disputes are new, and the other column has a constant default."""

    dependencies = [("clues", "0008_retention")]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="due_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="answer due"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sourcequality",
            name="step",
            field=models.SmallIntegerField(db_default=1),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(condition=models.Q(("scored_at__isnull", True)), fields=["id"], name="match_unscored"),
        ),
    ]
