"""Who looks into a match of a key epoch that goes, and who has read it, is kept by the match of the same fact that stays."""

from django.db import migrations

GRANTS = "GRANT INSERT ON match_work, match_read TO aif_match;"
# A hold over rows set aside has no name before 0058, which could not be taken back as long as there is one. What a hold says is
# changed by nobody otherwise.
AS_FAILED = """
ALTER TABLE batch_hold DISABLE TRIGGER batch_hold_guard;
UPDATE batch_hold SET cause = 'failed' WHERE cause = 'rows-failed';
ALTER TABLE batch_hold ENABLE TRIGGER batch_hold_guard;
"""


class Migration(migrations.Migration):
    """Rights of the matcher, and a way back past 0058."""

    dependencies = [("clues", "0060_bulletins_of_members")]

    operations = [
        migrations.RunSQL(GRANTS, "REVOKE INSERT ON match_work, match_read FROM aif_match;"),
        migrations.RunSQL(migrations.RunSQL.noop, AS_FAILED),
    ]
