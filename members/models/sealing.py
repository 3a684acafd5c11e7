"""Small secrets at rest: AES-256-GCM under a key of their purpose, which HKDF derives from AIF_REFERENCE_KEY.

What is sealed says what it is about, so that a value copied to another row does not open there.
"""

import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12


@lru_cache(maxsize=8)
def _cipher(key_hex: str, purpose: str) -> AESGCM:
    info = b"aif1|" + purpose.encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(bytes.fromhex(key_hex)))


def seal(plain: bytes, *, purpose: str, about: str) -> bytes:
    """Return `plain` sealed: 28 bytes longer, different every time."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(settings.AIF_REFERENCE_KEY, purpose).encrypt(nonce, plain, about.encode())


def unseal(sealed: bytes, *, purpose: str, about: str) -> bytes:
    """Return what was sealed for the same purpose and subject; else cryptography.exceptions.InvalidTag."""
    cipher = _cipher(settings.AIF_REFERENCE_KEY, purpose)
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
