"""Rings: clues joined by strong shared identifiers, and how they came together."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Ring(models.Model):
    """A component of at least two clues, two identifiers and two independent groups."""

    OPEN, MERGED, DISSOLVED = "open", "merged", "dissolved"

    component = models.BigIntegerField(unique=True)
    state = CodeField(default=OPEN)
    clues = models.IntegerField()
    identifiers = models.IntegerField()
    groups = models.IntegerField()
    institutions = ArrayField(models.BigIntegerField())
    categories = ArrayField(CodeField())
    best_grade = CodeField(max_length=2)
    amount_cny = models.DecimalField(null=True, max_digits=20, decimal_places=2)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "ring"
        verbose_name = _("ring")
        verbose_name_plural = _("rings")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["open", "merged", "dissolved"]), name="ring_state"),
        ]

    def __str__(self) -> str:
        return reference.encode("R", self.pk)


class RingEdge(models.Model):
    """A linking identifier of a clue. `component` is the id of the clue it grew from.

    Rows are born in the matching transaction with `pending` set; only the ring builder, the
    single writer, changes them afterwards.
    """

    pk = models.CompositePrimaryKey("clue_id", "type", "epoch", "token")
    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    weight = models.SmallIntegerField()
    component = models.BigIntegerField()
    pending = models.BooleanField(default=True)

    class Meta:
        db_table = "ring_edge"
        indexes = [
            models.Index(fields=["type", "epoch", "token", "component"], name="ring_edge_token"),
            models.Index(fields=["component"], name="ring_edge_component"),
            models.Index(fields=["clue"], condition=models.Q(pending=True), name="ring_edge_pending"),
        ]


class RingMerge(models.Model):
    """Why two components became one, with the clues moved: enough to undo it."""

    survivor = models.BigIntegerField()
    absorbed = models.BigIntegerField()
    shared = models.JSONField()
    clues = ArrayField(models.BigIntegerField())
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ring_merge"
        indexes = [
            models.Index(fields=["survivor"], name="ring_merge_survivor"),
        ]


class RingRelink(models.Model):
    """A clue whose linking identifiers changed: the ring builder makes its edges anew, and takes its component apart.

    Rows are born in the transaction that changed what counts; the builder, the single writer of edges, deletes them.
    """

    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False)

    class Meta:
        db_table = "ring_relink"
