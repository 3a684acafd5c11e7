"""The ledger of screenings is committed to by the audit log: each row knows the event of its second."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

GRANTS = """
GRANT SELECT, UPDATE (event_id) ON screening TO aif_match;
"""
UNGRANT = """
REVOKE SELECT, UPDATE (event_id) ON screening FROM aif_match;
GRANT SELECT (id, screened_at, institution_id, tokens, hits) ON screening TO aif_match;
"""
# Whoever may write: what an event commits to stays as it was, and its event is set once.
SEALED = """
CREATE FUNCTION screening_is_a_ledger() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.event_id IS NOT NULL OR NEW.event_id IS NULL
        OR (to_jsonb(NEW) - 'event_id') IS DISTINCT FROM (to_jsonb(OLD) - 'event_id') THEN
        RAISE EXCEPTION 'rows of the ledger of screenings are sealed once and never changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER screening_is_a_ledger BEFORE UPDATE ON screening
    FOR EACH ROW EXECUTE FUNCTION screening_is_a_ledger();
"""
UNSEALED = "DROP TRIGGER screening_is_a_ledger ON screening; DROP FUNCTION screening_is_a_ledger();"


class Migration(migrations.Migration):
    """Two columns, what finds rows by them, and what keeps them."""

    dependencies = [("clues", "0046_batch_holds")]

    operations = [
        migrations.AddField("screening", "salt", models.UUIDField(db_default=RandomUUID(), editable=False)),
        migrations.AddField("screening", "event_id", models.BigIntegerField(editable=False, null=True)),
        migrations.AddIndex(
            "screening",
            models.Index(condition=models.Q(("event_id__isnull", True)), fields=["id"], name="screening_unsealed"),
        ),
        migrations.AddIndex(
            "screening",
            models.Index(
                condition=models.Q(("event_id__isnull", False)),
                fields=["institution", "event_id", "id"],
                name="screening_event",
            ),
        ),
        migrations.RunSQL(GRANTS, UNGRANT),
        migrations.RunSQL(SEALED, UNSEALED),
    ]
