"""What people do in the portal is recorded beside what keys do: the column takes a person's reference as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0014_applied_standing"),
    ]

    operations = [
        migrations.AlterField(
            model_name="batch",
            name="key_id",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="dispute",
            name="key_id",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="screening",
            name="key_id",
            field=models.CharField(max_length=32),
        ),
        migrations.AlterField(
            model_name="watch",
            name="key_id",
            field=models.CharField(max_length=32),
        ),
    ]
