"""What a clue is called on pages."""

from django.db import migrations


class Migration(migrations.Migration):
    """Names alone; no table changes."""

    dependencies = [("clues", "0027_requests")]

    operations = [
        migrations.AlterModelOptions("clue", {"verbose_name": "clue", "verbose_name_plural": "clues"}),
    ]
