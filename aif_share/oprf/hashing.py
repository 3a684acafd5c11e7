"""Hashing to the group and to scalars (RFC 9497 §4.1, expand_message_xmd of RFC 9380 §5.3.1 with SHA-512)."""

from __future__ import annotations

import ctypes
import hashlib
from typing import Final

from aif_share.errors import InvalidInput
from aif_share.oprf import sodium
from aif_share.oprf.suite import CONTEXT

MAX_INPUT: Final = 65_535
"""Bytes of one private input: its length is written in two bytes."""

# 64 bytes are one block of SHA-512's output, so only b_0 and b_1 exist; the 128 zero bytes in front are hashed once.
_Z_PAD: Final = hashlib.sha512(bytes(128))


class Domain:
    """expand_message_xmd to 64 bytes under one domain separation tag."""

    __slots__ = ("_first", "_second")

    def __init__(self, tag: bytes) -> None:
        prime = tag + bytes([len(tag)])
        self._first = (64).to_bytes(2, "big") + b"\x00" + prime
        self._second = b"\x01" + prime

    def expand(self, message: bytes) -> bytes:
        """64 uniform bytes from `message`."""
        state = _Z_PAD.copy()
        state.update(message + self._first)
        return hashlib.sha512(state.digest() + self._second).digest()


TO_GROUP: Final = Domain(b"HashToGroup-" + CONTEXT)
TO_SCALAR: Final = Domain(b"HashToScalar-" + CONTEXT)
DERIVE_KEY: Final = Domain(b"DeriveKeyPair" + CONTEXT)


def hash_to_group(data: bytes) -> bytes:
    """The element of a private input; raise InvalidInput if it is empty, too long or gives the identity."""
    if not 0 < len(data) <= MAX_INPUT:
        raise InvalidInput("an input has 1 to 65,535 bytes")
    out = ctypes.create_string_buffer(sodium.SIZE)
    if sodium.raw_from_hash(ctypes.addressof(out), TO_GROUP.expand(data)) != 0 or out.raw == sodium.ZERO:
        raise InvalidInput("this input has no element")
    return out.raw


def hash_to_scalar(data: bytes, domain: Domain = TO_SCALAR) -> bytes:
    """A scalar from public data; may be zero with negligible probability."""
    return sodium.reduce_scalar(domain.expand(data))
