"""A log that goes on after a restore has a name that nobody can give again; and whoever restores an old backup has to say so."""

from django.db import migrations, models

# A backup from before 0022 says nothing of where the log was signed: 0022, run on what was restored from it, takes the place where
# it lies now for its home. What a restore leaves otherwise tells: a timeline that is not the first (recovery, promotion), or an
# initdb (the upper half of the system identifier, seconds) that is younger than the oldest event (a dump). Where a checkpoint was
# signed since, 0022 came with an earlier release, to a platform at work.
IN_DOUBT = """
INSERT INTO audit_home (cluster, branch, mark, vanished, kept, seen)
SELECT '', home.branch, home.mark, home.vanished, home.kept, home.seen
FROM audit_home home CROSS JOIN pg_control_system() server
    CROSS JOIN LATERAL (SELECT at FROM audit_event ORDER BY id LIMIT 1) oldest
WHERE (SELECT count(*) FROM audit_home) = 1
    AND NOT EXISTS (SELECT FROM audit_checkpoint signed WHERE signed.at > home.at)
    AND (right(home.cluster, 8) <> '00000001' OR to_timestamp((server.system_identifier >> 32) & 4294967295) > oldest.at);
"""


class Migration(migrations.Migration):
    """Two columns, and a row where it is in doubt whether this is where the log was signed."""

    dependencies = [("members", "0022_log_home")]

    operations = [
        migrations.AddField("AuditHome", "mark", models.TextField(default="", db_default="")),
        migrations.AddField("AuditHome", "vanished", models.JSONField(default=list, db_default=[])),
        migrations.RunSQL(IN_DOUBT, migrations.RunSQL.noop),
    ]
