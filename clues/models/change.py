"""What became of clues after they were reported."""

from django.db import models

from .fields import CodeField


class ClueChange(models.Model):
    """One step in the life of a clue: the history that its institution sees, and the matcher's work order.

    Web changes the clue's own row at once; what follows from it for sightings, hub, matches and events is done by the
    matcher, which then sets `applied_at`. `identifiers` holds the new identifiers in COPY form with stored keys, and
    is emptied when they are applied. `before` holds the former fields, never a token.
    """

    CORRECTED, WITHDRAWN, EXTENDED, EXPIRED = "corrected", "withdrawn", "extended", "expired"
    DISPUTED, REINSTATED = "disputed", "reinstated"
    RESUBMITTED = "resubmitted"
    CONFIRMED, RETURNED, REVIEW_WITHDRAWN = "confirmed", "returned", "review-withdrawn"

    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    kind = CodeField()
    reason = CodeField(default="")
    version = models.IntegerField()
    before = models.JSONField(default=dict)
    identifiers = models.TextField(null=True)  # noqa: DJ001 (null says: not touched, or applied)
    actor_ref = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clue_change"
        indexes = [
            models.Index(fields=["id"], condition=models.Q(applied_at__isnull=True), name="clue_change_waiting"),
        ]
