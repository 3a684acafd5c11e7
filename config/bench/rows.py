"""The table that the baselines fill. Importable only once Django is set up; no migration knows it."""

from __future__ import annotations

from django.db import models

TABLE = "bench_row"


class Row(models.Model):
    """A sighting in all but name, without the hub behind it."""

    type = models.CharField(max_length=32)
    epoch = models.IntegerField()
    token = models.UUIDField()
    institution_id = models.BigIntegerField()
    role = models.CharField(max_length=32)
    counted = models.BooleanField()

    objects: models.Manager[Row] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = TABLE

    def __str__(self) -> str:
        return TABLE
