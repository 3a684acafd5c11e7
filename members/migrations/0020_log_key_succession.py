"""A key of the log may be followed by another one, which it signs itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("members", "0019_row_security")]

    operations = [
        migrations.AddField("AuditLogKey", "succession", models.TextField(db_default="", default="")),
    ]
