"""An approved raise of quotas is used once, by the database's own word.

The trigger asked for the latest approval alone: what was lowered since by one person could be raised by one person again,
to what had been approved some time before.
"""

from django.db import migrations

ONCE = """
CREATE OR REPLACE FUNCTION institution_quotas_rise_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.approval SET used_at = clock_timestamp() WHERE id = (
        SELECT a.id FROM public.approval a
        WHERE a.institution_id = NEW.id AND a.kind = 'quota-raise' AND a.state = 'approved' AND a.used_at IS NULL
            AND NOT EXISTS (
                SELECT 1 FROM (VALUES ('evaluate_quota', OLD.evaluate_quota, NEW.evaluate_quota),
                    ('submit_quota', OLD.submit_quota, NEW.submit_quota),
                    ('screen_quota', OLD.screen_quota, NEW.screen_quota)) AS q (name, was, becomes)
                WHERE q.becomes > q.was AND ((a.payload -> 'after' ->> q.name)::bigint IS DISTINCT FROM q.becomes
                    OR (a.payload -> 'before' ->> q.name)::bigint IS DISTINCT FROM q.was))
        ORDER BY a.id DESC LIMIT 1);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a quota rises only as a second person approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
USED = "UPDATE approval SET used_at = decided_at WHERE kind = 'quota-raise' AND state = 'approved' AND used_at IS NULL"


class Migration(migrations.Migration):
    """One function, and what was used before it counted."""

    dependencies = [("members", "0014_admission")]

    operations = [
        migrations.RunSQL(USED, migrations.RunSQL.noop),
        migrations.RunSQL(ONCE, migrations.RunSQL.noop),
    ]
