"""The keys of contexts, as the database keeps them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import transaction

from members.models import ContextKey

_ID = re.compile(r"[A-Za-z0-9-]{1,16}")
_BLOCK = 64  # bytes: the block size of SHA-256


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer padded key of HMAC (RFC 2104), 64 bytes each."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


@transaction.atomic
def install(keys: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Let the database know these keys and no others, as the owner; return the ids that are new or changed, and the forgotten.

    Raise ValueError for an id that a context could not carry.
    """
    if not all(_ID.fullmatch(ident) for ident in keys):
        raise ValueError("the id of a key of contexts has 16 letters, digits and hyphens at most")
    gone = ContextKey.objects.exclude(pk__in=list(keys))
    forgotten = sorted(gone.values_list("pk", flat=True))
    gone.delete()
    known = {row.pk: (bytes(row.inner_pad), bytes(row.outer_pad)) for row in ContextKey.objects.all()}
    fresh = [ident for ident, key in keys.items() if known.get(ident) != pads(key)]
    for ident in fresh:
        inner, outer = pads(keys[ident])
        ContextKey.objects.update_or_create(pk=ident, defaults={"inner_pad": inner, "outer_pad": outer})
    return fresh, forgotten
