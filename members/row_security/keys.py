"""The keys of contexts, as the database keeps them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from members.models import ContextKey

_BLOCK = 64  # bytes: the block size of SHA-256


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer padded key of HMAC (RFC 2104), 64 bytes each."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


@transaction.atomic
def install(keys: Mapping[str, bytes]) -> list[str]:
    """Let the database know these keys and no others, as the owner; return the ids of keys it forgot."""
    gone = ContextKey.objects.exclude(pk__in=list(keys))
    forgotten = sorted(gone.values_list("pk", flat=True))
    gone.delete()
    for ident, key in keys.items():
        inner, outer = pads(key)
        ContextKey.objects.update_or_create(pk=ident, defaults={"inner_pad": inner, "outer_pad": outer})
    return forgotten
