"""Small sealed texts: raw values, names, file names. AES-256-GCM under a data key; each says what it is about."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clues.models import DataKey
from clues.vault import keys
from clues.vault.failures import alarm

NONCE = 12


def seal(plain: bytes, *, key: DataKey, about: str) -> bytes:
    """Return `plain` sealed: 28 bytes longer, different every time. Raise Destroyed, KekMissing, HolderUnavailable."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(keys.unwrap(key)).encrypt(nonce, plain, _bound(key, about))


def unseal(sealed: bytes | memoryview, *, key: DataKey, about: str) -> bytes:
    """Return what was sealed under the same key about the same. Raise Destroyed, KekMissing or IntegrityFailed."""
    sealed = bytes(sealed)
    try:
        return AESGCM(keys.unwrap(key)).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(key, about))
    except (InvalidTag, ValueError):
        raise alarm(what="record", about=str(key.id)) from None


def _bound(key: DataKey, about: str) -> bytes:
    return f"aif-vault|record|1|{key.id}|{about}".encode()
