"""Waiting chunks are found by institution, so that institutions take turns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The new index, then the old one goes: at no moment do workers look through the whole table."""

    dependencies = [("clues", "0051_party_rings"), ("members", "0019_row_security")]

    operations = [
        migrations.AddIndex(
            model_name="batchchunk",
            index=models.Index(
                fields=["institution", "attempts", "id"],
                condition=models.Q(("state", "received")),
                name="batch_chunk_in_turn",
            ),
        ),
        migrations.RemoveIndex(model_name="batchchunk", name="batch_chunk_waiting"),
    ]
