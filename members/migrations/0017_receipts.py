"""Web finds the event of what it acknowledged, to repeat its receipt: one event, of one institution."""

from django.db import migrations

EVENT_OF = """
CREATE FUNCTION audit_event_of(institution bigint, asked_verb text, subject text)
RETURNS SETOF audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.audit_event e
    WHERE e.subject_ref = subject AND e.verb = asked_verb AND e.institution_id = institution ORDER BY e.id LIMIT 1
$$;
REVOKE ALL ON FUNCTION audit_event_of(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_event_of(bigint, text, text) TO aif_web;
"""


class Migration(migrations.Migration):
    """One function."""

    dependencies = [("members", "0016_transparency_log")]

    operations = [migrations.RunSQL(EVENT_OF, "DROP FUNCTION audit_event_of(bigint, text, text);")]
