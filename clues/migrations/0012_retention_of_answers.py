"""Retention takes the kept answers of those who do not screen again."""

from django.db import migrations

GRANTS = """
GRANT SELECT (institution_id, idempotency_key, asked_at) ON screening_answer TO aif_match;
GRANT DELETE ON screening_answer TO aif_match;
"""


class Migration(migrations.Migration):
    """A condition of a DELETE is a read."""

    dependencies = [("clues", "0011_ring_relink")]

    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
