"""Where the transparency log is signed: a restored database is another place, until somebody says what it lost."""

from django.db import migrations, models
from django.db.models.functions import Now

# The identifier is drawn by initdb; each recovery from an archive, and each promotion of a standby, begins a timeline.
CLUSTER = """
CREATE FUNCTION audit_cluster() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()
$$;
GRANT EXECUTE ON FUNCTION audit_cluster() TO aif_audit, aif_desk;
GRANT SELECT ON audit_home TO aif_audit, aif_desk;
INSERT INTO audit_home (cluster, branch, kept, seen) SELECT audit_cluster(), 0, audit_size(), 0;
CREATE TRIGGER audit_home_append_only BEFORE UPDATE OR DELETE ON audit_home
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();
"""


class Migration(migrations.Migration):
    """Table, function, grants; and the first row: here."""

    dependencies = [("members", "0021_context_at_once")]

    operations = [
        migrations.CreateModel(
            name="AuditHome",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cluster", models.TextField()),
                ("branch", models.IntegerField(default=0)),
                ("kept", models.BigIntegerField(default=0)),
                ("seen", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={"db_table": "audit_home"},
        ),
        migrations.RunSQL(CLUSTER, "DROP FUNCTION audit_cluster();"),
    ]
