"""A webhook may be made by a person: the column takes a person's reference as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0007_webhook_sending"),
    ]

    operations = [
        migrations.AlterField(
            model_name="webhookendpoint",
            name="key_id",
            field=models.CharField(default="", max_length=32),
        ),
    ]
