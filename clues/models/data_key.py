"""Data keys: each seals one object, or the small texts about one thing, and is itself wrapped by a key of AIF_KEKS."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from .fields import CodeField


class DataKey(models.Model):
    """A 256-bit key that only the holder of the KEK `kid` can unwrap; destroyed, what it sealed is gone for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = CodeField()
    kid = models.CharField(max_length=64, db_collation="C")
    wrapped = models.BinaryField()  # nonce, AES-256-GCM of the key; empty once destroyed
    created_at = models.DateTimeField()
    rewrapped_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "data_key"
        constraints = [
            models.CheckConstraint(
                condition=(Q(destroyed_at__isnull=True) & ~Q(wrapped=b"")) | Q(destroyed_at__isnull=False, wrapped=b""),
                name="data_key_destroyed_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["kid", "id"], condition=Q(destroyed_at__isnull=True), name="data_key_by_kek")]

    def __str__(self) -> str:
        return str(self.id)
