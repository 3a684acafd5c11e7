"""Who keeps the log's checkpoints: one row for each institution, written by web; and its own events, newest first."""

from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, UPDATE (size, at) ON audit_witness TO aif_web;
GRANT SELECT ON audit_witness TO aif_desk;
"""
# The newest first, for the page of an institution's auditor.
BEFORE = """
CREATE FUNCTION audit_entries_before(institution bigint, before bigint, most integer)
RETURNS TABLE (seq bigint, id bigint, at timestamptz, verb text, actor_kind text, actor_ref text, institution_id bigint,
    subject_ref text, detail jsonb, salt uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.seq, e.id, e.at, e.verb, e.actor_kind, e.actor_ref, e.institution_id, e.subject_ref, e.detail, e.salt
    FROM public.audit_leaf l JOIN public.audit_event e ON e.id = l.event_id
    WHERE l.institution_id = institution AND l.seq < before ORDER BY l.seq DESC LIMIT least(most, 1000)
$$;
REVOKE ALL ON FUNCTION audit_entries_before(bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_entries_before(bigint, bigint, integer) TO aif_web;
"""
DROP_BEFORE = "DROP FUNCTION audit_entries_before(bigint, bigint, integer);"


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("members", "0017_receipts")]

    operations = [
        migrations.CreateModel(
            name="AuditWitness",
            fields=[
                ("institution_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "audit_witness"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(BEFORE, DROP_BEFORE),
    ]
