"""Requests go when they have had their time; whoever reported content is counted from the next tick on."""

from django.db import migrations, models

GRANTS = """
GRANT DELETE ON member_request, request_party, request_identifier, request_step TO aif_match;
GRANT SELECT (request_id) ON request_identifier TO aif_match;
"""
RELEASE = "UPDATE content_report SET released_at = reported_at"


class Migration(migrations.Migration):
    """One column, grants."""

    dependencies = [("clues", "0033_grounds_by_change")]

    operations = [
        migrations.AddField("contentreport", "released_at", models.DateTimeField(null=True)),
        migrations.RunSQL(RELEASE, migrations.RunSQL.noop),
        migrations.AlterField("contentreport", "released_at", models.DateTimeField()),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
