"""Keys under which contexts of row security are signed; no login role reads them."""

from __future__ import annotations

from django.db import models


class ContextKey(models.Model):
    """One key as HMAC-SHA256 needs it (RFC 2104): XORed with the inner and with the outer padding, 64 bytes each."""

    id = models.CharField(max_length=16, primary_key=True)
    inner_pad = models.BinaryField()
    outer_pad = models.BinaryField()

    class Meta:
        db_table = "context_key"

    def __str__(self) -> str:
        return self.id
