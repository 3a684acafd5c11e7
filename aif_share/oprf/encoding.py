"""Canonical base64url for elements, proofs and tokens: one text for one value.

Python's decoder drops characters outside the alphabet and ignores the spare bits of the last one, so several
texts would give the same bytes; each pattern is therefore checked first (RFC 4648 §3.5).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from aif_share.errors import InvalidElement, InvalidInput, MalformedToken

ELEMENT_PATTERN: Final = r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
"""32 bytes: the last character carries two spare zero bits."""

TOKEN_PATTERN: Final = ELEMENT_PATTERN
PROOF_PATTERN: Final = r"^[A-Za-z0-9_-]{85}[AQgw]$"
"""64 bytes: the last character carries four spare zero bits."""

_32_BYTES: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
_64_BYTES: Final = re.compile(r"[A-Za-z0-9_-]{85}[AQgw]")


def encode(value: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Undo `encode`; raise InvalidInput for any text that `encode` would not have made."""
    try:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise InvalidInput("not base64url") from None
    if encode(value) != text:
        raise InvalidInput("not canonical base64url without padding")
    return value


def decode_proof(text: str) -> bytes:
    """The 64 bytes of a proof; raise InvalidInput."""
    if not isinstance(text, str) or _64_BYTES.fullmatch(text) is None:
        raise InvalidInput("a proof has 86 base64url characters")
    return urlsafe_b64decode(text + "==")


def decode_32(text: object) -> bytes | None:
    """The 32 bytes of a canonical 43-character text, or None. Says nothing about the group."""
    if not isinstance(text, str) or _32_BYTES.fullmatch(text) is None:
        return None
    return urlsafe_b64decode(text + "=")


def decode_element(text: str, *, index: int | None = None) -> bytes:
    """A usable group element as 32 bytes; raise InvalidElement with `index`."""
    # Imported late: a process that only checks tokens need not load libsodium.
    from aif_share.oprf.sodium import is_usable

    element = decode_32(text)
    if element is None or not is_usable(element):
        raise InvalidElement("not a usable group element", index=index)
    return element


def decode_token(text: str) -> bytes:
    """A token as 32 bytes; raise MalformedToken, whose code says if the text looks raw or like an unkeyed hash."""
    token = decode_32(text)
    if token is not None:
        return token
    from aif_share.identifiers import instead_of_token

    code = instead_of_token(text) if isinstance(text, str) else "token-malformed"
    raise MalformedToken(_WHY[code], code=code)


_WHY: Final[dict[str, str]] = {
    "token-malformed": "a token has 43 base64url characters",
    "raw-identifier": "a raw identifier stands where a token belongs; tokenize it at your own side first",
    "unkeyed-hash": "an unkeyed hash stands where a token belongs; anyone can undo such a hash, tokenize instead",
}
