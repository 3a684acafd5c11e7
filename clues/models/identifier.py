"""The hub: one row for each identifier that anybody reported in a counting role."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from .fields import CodeField


class Identifier(models.Model):
    """One stored token; its row lock is where concurrent reporters meet (matching.md)."""

    pk = models.CompositePrimaryKey("type", "epoch", "token")
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    groups = ArrayField(models.BigIntegerField())
    sightings = models.IntegerField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        db_table = "identifier"
