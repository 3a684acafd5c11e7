"""The transparency log: its tables, who may add to them, and what tells of events that have no leaf yet."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models.functions import Now

GRANTS = """
GRANT SELECT, DELETE ON audit_pending TO aif_audit;
GRANT SELECT, INSERT ON audit_leaf, audit_tile, audit_checkpoint, audit_log_key TO aif_audit;
GRANT SELECT ON audit_leaf, audit_tile, audit_checkpoint, audit_log_key TO aif_web, aif_desk;
GRANT SELECT ON audit_pending TO aif_desk;
GRANT SELECT (salt) ON audit_event TO aif_web, aif_match;
"""
# Statements, not rows: a batch writes one event, the repair of a log many.
PENDING = """
CREATE FUNCTION audit_event_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_pending (event_id) SELECT id FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_event_waits();
INSERT INTO audit_pending (event_id) SELECT id FROM audit_event;
"""
# Web reads of the trail what stands in the log for one institution, and not the table.
ENTRIES = """
CREATE FUNCTION audit_entries(institution bigint, after bigint, most integer)
RETURNS TABLE (seq bigint, id bigint, at timestamptz, verb text, actor_kind text, actor_ref text, institution_id bigint,
    subject_ref text, detail jsonb, salt uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.seq, e.id, e.at, e.verb, e.actor_kind, e.actor_ref, e.institution_id, e.subject_ref, e.detail, e.salt
    FROM public.audit_leaf l JOIN public.audit_event e ON e.id = l.event_id
    WHERE l.institution_id = institution AND l.seq > after ORDER BY l.seq LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION audit_entries(bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_entries(bigint, bigint, integer) TO aif_web;
"""
DROP_ENTRIES = "DROP FUNCTION audit_entries(bigint, bigint, integer);"
DROP_PENDING = "DROP TRIGGER audit_event_waits ON audit_event; DROP FUNCTION audit_event_waits();"
APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();\n"
    for table in ("audit_leaf", "audit_tile", "audit_checkpoint", "audit_log_key")
)


class Migration(migrations.Migration):
    """Tables, grants, triggers."""

    dependencies = [("members", "0015_a_raise_once")]

    operations = [
        migrations.AddField("auditevent", "salt", models.UUIDField(db_default=RandomUUID(), editable=False)),
        migrations.CreateModel(
            name="AuditPending",
            fields=[("event_id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={"db_table": "audit_pending"},
        ),
        migrations.CreateModel(
            name="AuditLeaf",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("institution_id", models.BigIntegerField(null=True)),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "audit_leaf",
                "indexes": [
                    models.Index(
                        fields=["institution_id", "seq"],
                        condition=models.Q(institution_id__isnull=False),
                        name="audit_leaf_institution",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditTile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "audit_tile",
                "constraints": [models.UniqueConstraint(fields=("level", "number"), name="audit_tile_once")],
            },
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={"db_table": "audit_checkpoint"},
        ),
        migrations.CreateModel(
            name="AuditLogKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verifier", models.TextField(unique=True)),
                ("since", models.DateTimeField(db_default=Now(), editable=False)),
            ],
            options={"db_table": "audit_log_key"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(PENDING, DROP_PENDING),
        migrations.RunSQL(ENTRIES, DROP_ENTRIES),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
