"""The secret that a rotation replaces, indexes of what the sender asks, and who may change what."""

from django.db import migrations, models

GRANTS = """
GRANT UPDATE (state, version) ON webhook_endpoint TO aif_match;
GRANT UPDATE (attempts, last_error) ON webhook_delivery TO aif_web;
GRANT UPDATE (state, not_before, give_up_at, done_at, attempts, last_error) ON webhook_delivery TO aif_desk;
"""


class Migration(migrations.Migration):
    """Two columns, two indexes for one, grants by column."""

    dependencies = [("members", "0006_credential_only_shrinks")]

    operations = [
        migrations.AddField("webhookendpoint", "old_secret", models.BinaryField(null=True)),
        migrations.AddField("webhookendpoint", "old_secret_until", models.DateTimeField(null=True)),
        migrations.RemoveIndex("webhookdelivery", "webhook_delivery_pending"),
        migrations.AddIndex(
            "webhookdelivery",
            models.Index(
                fields=["endpoint", "not_before", "id"],
                condition=models.Q(("state", "pending")),
                name="webhook_delivery_due",
            ),
        ),
        migrations.AddIndex(
            "webhookdelivery",
            models.Index(fields=["give_up_at"], condition=models.Q(("state", "pending")), name="webhook_delivery_late"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
