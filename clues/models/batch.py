"""Batches: the unit of acknowledgment; their chunks: the unit of work."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Batch(models.Model):
    """What an institution submitted at once, under its own idempotency key."""

    RECEIVED, PROCESSING, DONE = "received", "processing", "done"
    HELD, REJECTED = "held", "rejected"
    STATES = (RECEIVED, PROCESSING, DONE, HELD, REJECTED)

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT)
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.BinaryField()
    key_id = models.CharField(max_length=32)  # a key, or the U-… of a person
    source = CodeField(default="api")
    basis = CodeField(db_default="unspecified")  # of clues that name none: the key's default
    state = CodeField(default=RECEIVED)
    clues = models.IntegerField()
    rows_refused = models.IntegerField()
    chunks = models.IntegerField()
    chunks_done = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    matched = models.IntegerField(default=0)
    matched_later = models.IntegerField(default=0, db_default=0)  # of rows tried again: these count from their tick on
    matched_later_at = models.DateTimeField(null=True)
    quarantined = models.IntegerField(default=0, db_default=0)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "batch"
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.UniqueConstraint(fields=["institution", "idempotency_key"], name="batch_idempotency"),
            models.CheckConstraint(
                condition=models.Q(state__in=["received", "processing", "done", "held", "rejected"]),
                name="batch_state",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "done_at"], name="batch_done"),
            models.Index(
                fields=["institution"],
                condition=models.Q(state__in=["received", "processing"]),
                name="batch_in_work",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(matched_later__gt=0, matched_later_at__isnull=True),
                name="batch_matched_untold",
            ),
        ]

    def __str__(self) -> str:
        return reference.encode("B", self.pk)


class BatchChunk(models.Model):
    """Up to 20,000 clues of a batch, waiting in COPY form with stored keys only.

    `clue_rows` and `identifier_rows` are emptied once the chunk is done; `refs` and `outcomes`
    answer the per-row results for as long as the batch is kept.
    """

    RECEIVED, DONE, HELD, REJECTED = "received", "done", "held", "rejected"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    no = models.IntegerField()
    first_row = models.IntegerField()
    rows = models.IntegerField()
    clue_rows = models.TextField(null=True)  # noqa: DJ001 (null says: done and dropped)
    identifier_rows = models.TextField(null=True)  # noqa: DJ001
    refs = models.BinaryField()
    refusals = models.JSONField(default=list)
    outcomes = models.JSONField(default=list)
    search = models.JSONField(null=True)  # see matching/suspects.py
    state = CodeField(default=RECEIVED)
    attempts = models.IntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "batch_chunk"
        constraints = [
            models.UniqueConstraint(fields=["batch", "no"], name="batch_chunk_batch_no"),
        ]
        indexes = [
            models.Index(
                fields=["institution", "id"],  # whose turn it is, then in the order of arrival
                condition=models.Q(state="received"),
                name="batch_chunk_waiting",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(state="done", released_at__isnull=True),
                name="batch_chunk_unreleased",
            ),
        ]
