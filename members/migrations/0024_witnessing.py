"""How well the log is witnessed, as sums over all institutions: web sees its own row only, and every member is shown these."""

from django.db import migrations

WITNESSING = """
CREATE FUNCTION aif_witnessing(since timestamptz, wanted integer)
RETURNS TABLE (recent bigint, witnessed bigint, kept bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE at >= since),
        coalesce((SELECT size FROM audit_witness ORDER BY size DESC OFFSET wanted - 1 LIMIT 1), 0),
        coalesce(max(size), 0)
    FROM audit_witness
$$;
REVOKE EXECUTE ON FUNCTION aif_witnessing(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_witnessing(timestamptz, integer) TO aif_web, aif_desk;
"""


class Migration(migrations.Migration):
    """One function."""

    dependencies = [("members", "0023_log_names")]

    operations = [
        migrations.RunSQL(WITNESSING, "DROP FUNCTION aif_witnessing(timestamptz, integer);"),
    ]
