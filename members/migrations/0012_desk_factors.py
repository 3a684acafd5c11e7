"""The desk uses second factors up and keeps its sessions where they can be ended."""

from django.db import migrations

GRANTS = """
GRANT UPDATE ON mfa_authenticator TO aif_desk;
GRANT INSERT ON usersessions_usersession TO aif_desk;
"""


class Migration(migrations.Migration):
    """Grants by table and column."""

    dependencies = [("members", "0011_new_password")]

    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
