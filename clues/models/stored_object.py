"""Stored objects: encrypted files in AIF_EVIDENCE, one row each."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from .fields import CodeField


class StoredObject(models.Model):
    """One file, in frames under a key of its own.

    While it is received, `size` is what was announced and `frames` what is safely stored; digests follow at the end.
    `bound_to` is part of what every frame is authenticated with: internal text that says what the object belongs to.
    """

    RECEIVING, COMPLETE, DESTROYED = "receiving", "complete", "destroyed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey("clues.DataKey", on_delete=models.PROTECT, related_name="+")
    kind = CodeField()
    bound_to = models.CharField(max_length=200, db_collation="C")
    version = models.IntegerField(default=1)
    size = models.BigIntegerField(default=0)  # bytes of the content
    frames = models.IntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    sm3 = models.CharField(max_length=64, default="")
    state = CodeField(default=RECEIVING)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_object"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["evidence", "package", "document", "statement"]), name="stored_object_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["receiving", "destroyed"])
                | (Q(state="complete", frames__gte=1) & ~Q(sha256="") & ~Q(sm3="")),
                name="stored_object_complete_with_digests",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=0, frames__gte=0, version__gte=1), name="stored_object_not_negative"
            ),
            # A version is written once; evidence has no versions, each item is an object of its own.
            models.UniqueConstraint(
                fields=["kind", "bound_to", "version"],
                condition=~Q(kind="evidence"),
                name="stored_object_version_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
