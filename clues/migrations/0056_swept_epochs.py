"""When nothing stood in a retired key epoch any more, and since when the parties of its matches had known the fact."""

from django.db import migrations, models

GRANTS = "GRANT UPDATE (swept_at) ON key_epoch TO aif_match;"


class Migration(migrations.Migration):
    """Two columns, both empty at first: the next sweep marks what was swept before."""

    dependencies = [("clues", "0055_quarantine_by_itself")]

    operations = [
        migrations.AddField(model_name="keyepoch", name="swept_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="matchparty", name="known_since", field=models.DateTimeField(null=True)),
        migrations.RunSQL(GRANTS, "REVOKE UPDATE (swept_at) ON key_epoch FROM aif_match;"),
    ]
