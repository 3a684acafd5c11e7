"""The last step of an institution that leaves: only the database says that no clue of it is left."""

from django.db import migrations

LEAVE = """
CREATE FUNCTION aif_leave(p_institution bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.institution
        SET state = 'left', left_at = clock_timestamp(), suspended_at = NULL, suspended_by_id = NULL, suspended_reason = ''
        WHERE id = p_institution AND departed_at IS NOT NULL AND state IN ('live', 'suspended')
            AND NOT EXISTS (
                SELECT 1 FROM public.clue WHERE institution_id = p_institution AND state IN ('active', 'disputed'));
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION aif_leave(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_leave(bigint) TO aif_match;
"""


class Migration(migrations.Migration):
    """One function."""

    dependencies = [("clues", "0023_dispositions"), ("members", "0014_admission")]

    operations = [migrations.RunSQL(LEAVE, "DROP FUNCTION aif_leave(bigint)")]
