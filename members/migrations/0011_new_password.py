"""A link may also be for somebody who has an account and forgot the password."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; an account may have opened several links."""

    dependencies = [("members", "0010_notifications")]

    operations = [
        migrations.AddField(
            "invitation",
            "renews",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="for the account",
            ),
        ),
        migrations.AlterField(
            "invitation", "email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")
        ),
        migrations.AlterField(
            "invitation",
            "accepted_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to=settings.AUTH_USER_MODEL,
                verbose_name="accepted by",
            ),
        ),
    ]
