"""Members' bulletins are shown to members: web without a context reads none of them either."""

from django.db import migrations

from members.row_security.policies import MINE, OWN

POLICY = f"ALTER POLICY web ON statement USING ({OWN} OR edition = 'members' AND {{}}) WITH CHECK ({OWN});"


class Migration(migrations.Migration):
    """One policy."""

    dependencies = [("clues", "0059_fishing_in_turns")]

    operations = [
        migrations.RunSQL(POLICY.format(f"{MINE} IS NOT NULL"), POLICY.format("true")),
    ]
