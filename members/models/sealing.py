"""Small secrets at rest: AES-256-GCM under a key of their purpose, which HKDF derives from the newest key of AIF_SEALS.

What is sealed says what it is about, so that a value copied to another row does not open there, and which key it is under:

    `aif2`, the length of the key's id (1 byte), the id, nonce (12), ciphertext with tag

Without AIF_SEALS, and so of before there was one, it is nonce and ciphertext under AIF_REFERENCE_KEY, which never changes.
"""

import re
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE: Final = 12
_MARK: Final = b"aif2"
_KEY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
REFERENCE_KEY: Final = ""
"""What the key of before is called."""


@lru_cache(maxsize=16)
def _cipher(key: bytes, purpose: str) -> AESGCM:
    info = b"aif1|" + purpose.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(key))


def seal(plain: bytes, *, purpose: str, about: str) -> bytes:
    """Return `plain` sealed: up to 97 bytes longer, different every time."""
    nonce, kid = secrets.token_bytes(_NONCE), newest()
    head = b"" if kid == REFERENCE_KEY else _MARK + bytes([len(kid)]) + kid.encode()
    return head + nonce + _cipher(_key(kid), purpose).encrypt(nonce, plain, head + about.encode())


def unseal(sealed: bytes, *, purpose: str, about: str) -> bytes:
    """Return what was sealed for the same purpose and subject; else cryptography.exceptions.InvalidTag."""
    kid = key_of(sealed)
    end = 0 if kid == REFERENCE_KEY else len(_MARK) + 1 + len(kid)
    head, nonce, text = sealed[:end], sealed[end : end + _NONCE], sealed[end + _NONCE :]
    return _cipher(_key(kid), purpose).decrypt(nonce, text, head + about.encode())


def key_of(sealed: bytes) -> str:
    """Return the id of the key that something is sealed under."""
    # A nonce of before begins like this less than once in four thousand million times.
    if sealed.startswith(_MARK) and len(sealed) > len(_MARK):
        kid = sealed[len(_MARK) + 1 :][: sealed[len(_MARK)]].decode("ascii", "replace")
        if _KEY_ID.fullmatch(kid):
            return kid
    return REFERENCE_KEY


def newest() -> str:
    """Return the id of the key that seals from now on."""
    return next(reversed(settings.AIF_SEALS), REFERENCE_KEY)


def _key(kid: str) -> bytes:
    if kid == REFERENCE_KEY:
        return bytes.fromhex(settings.AIF_REFERENCE_KEY)
    try:
        key: bytes = settings.AIF_SEALS[kid]
    except KeyError:
        raise InvalidTag from None
    return key
