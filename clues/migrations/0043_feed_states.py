"""An entry of a feed is put on it once, at the desk: what was rejected or taken off stays so."""

from django.db import migrations

GUARD = """
CREATE FUNCTION aif_feed_entry_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> NEW.state AND OLD.state IN ('rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'feed_entry_ended' USING ERRCODE = 'check_violation';
    END IF;
    IF current_user = 'aif_web' AND OLD.state <> NEW.state AND NEW.state <> 'withdrawn' THEN
        RAISE EXCEPTION 'feed_entry_decided_at_the_desk' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER feed_entry_guard BEFORE UPDATE ON feed_entry FOR EACH ROW EXECUTE FUNCTION aif_feed_entry_guard();
"""
UNGUARD = "DROP TRIGGER feed_entry_guard ON feed_entry; DROP FUNCTION aif_feed_entry_guard()"


class Migration(migrations.Migration):
    """One trigger."""

    dependencies = [("clues", "0042_official_requests")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
