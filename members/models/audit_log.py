"""The transparency log: audit events in the order of their leaves, and what was signed over them. Rows are only ever added.

A table of its own, `audit_pending`, names the events that have no leaf yet; a trigger of `audit_event` fills it.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class AuditPending(models.Model):
    """An event that waits for its place in the log."""

    event_id = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "audit_pending"

    def __str__(self) -> str:
        return str(self.event_id)


class AuditLeaf(models.Model):
    """The place of an event in the log, from 0, and the hash of its content as it was then (32 bytes).

    `institution_id` is the event's own: by it an institution finds its leaves in their order.
    """

    seq = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    institution_id = models.BigIntegerField(null=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"
        indexes = [
            models.Index(
                fields=["institution_id", "seq"],
                condition=models.Q(institution_id__isnull=False),
                name="audit_leaf_institution",
            )
        ]

    def __str__(self) -> str:
        return str(self.seq)


class AuditTile(models.Model):
    """256 hashes side by side at height 8 × `level` of the tree, once all of them are known (c2sp.org/tlog-tiles)."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "audit_tile"
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="audit_tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class AuditCheckpoint(models.Model):
    """What the log said of itself: size, root, and the signed note that carries both."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "audit_checkpoint"

    def __str__(self) -> str:
        return str(self.size)


class AuditLogKey(models.Model):
    """A key that checkpoints are signed with: its public half as a verifier key line (c2sp.org/signed-note)."""

    verifier = models.TextField(unique=True)
    succession = models.TextField(db_default="", default="")
    """The note by which the key before it says that this one follows; empty for the first, and for one in an emergency."""
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "audit_log_key"

    def __str__(self) -> str:
        return self.verifier


class AuditHome(models.Model):
    """The PostgreSQL that the log is signed on, by the word of whoever set it up or restored it; the newest row counts.

    `kept` is the size the log had then; `seen` the largest size that a witness had been shown, 0 if none was presented.
    `branch` counts how often the log went on with less than was signed: each has a name of its own, and in it `mark`, drawn at
    random, for a backup brings back the count as well. `vanished` are the verifier key lines of names that this database
    knows from witnesses alone. `cluster` is empty where nobody said yet where the log was signed.
    """

    cluster = models.TextField()
    branch = models.IntegerField(default=0)
    mark = models.TextField(default="", db_default="")
    vanished = models.JSONField(default=list, db_default=[])
    kept = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "audit_home"

    def __str__(self) -> str:
        return f"{self.cluster} · {self.branch}"


class AuditWitness(models.Model):
    """The newest checkpoint that an institution's system says it checked and keeps."""

    institution_id = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_witness"

    def __str__(self) -> str:
        return f"{self.institution_id} · {self.size}"
