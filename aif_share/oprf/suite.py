"""Constants of the one suite and mode used here, and the byte strings that go into keys and tokens.

Another mode or suite gives other tokens without any error, so both travel in the directory and a canary is checked.
"""

from __future__ import annotations

from typing import Final

SUITE: Final = "ristretto255-SHA512"
MODE: Final = 1
"""VOPRF (RFC 9497 §3.1)."""

CONTEXT: Final = b"OPRFV1-" + bytes([MODE]) + b"-" + SUITE.encode()
"""contextString (RFC 9497 §3.1)."""

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Order of the group (RFC 9496 §4)."""

TOKEN_BYTES: Final = 32
"""A token is the first 32 bytes of the 64-byte output."""


def key_info(type: str, epoch: int) -> bytes:
    """The `info` of DeriveKeyPair: one key for each identifier type and epoch."""
    return f"aif1|{SUITE}|{type}|{epoch}".encode()


def token_input(type: str, canonical: str) -> bytes:
    """The private input of the function for one normalized identifier."""
    return f"aif1|{type}|{canonical}".encode()
