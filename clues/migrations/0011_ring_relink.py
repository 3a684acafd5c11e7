"""Clues whose edges the ring builder makes anew, because what counts of them changed."""

import django.db.models.deletion
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, DELETE ON ring_relink TO aif_match;
"""


class Migration(migrations.Migration):
    """A table that is nearly always empty."""

    dependencies = [("clues", "0010_lawful_use")]

    operations = [
        migrations.CreateModel(
            name="RingRelink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "clue",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="clues.clue",
                    ),
                ),
            ],
            options={"db_table": "ring_relink"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
