"""What a dispute by token is opened for: it reaches only what the lawful-use matrix lets that purpose see."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing is rewritten: a constant default of the database. Grants on the table cover the column."""

    dependencies = [("clues", "0012_retention_of_answers")]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="purpose",
            field=models.CharField(db_collation="C", db_default="", max_length=64),
        ),
    ]
