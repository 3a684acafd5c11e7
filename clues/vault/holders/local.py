"""The KEK's 32 bytes are in AIF_KEKS: AES-256-GCM in this process (NIST SP 800-38D).

A wrap is nonce (12) and ciphertext with tag. Nonces are random, so one KEK may wrap 2**32 keys.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from clues.vault.holders import Holder, HolderSilent, WrapRefused

NONCE: Final = 12


def _cipher(kid: str) -> AESGCM:
    key = settings.AIF_KEKS[kid]
    if isinstance(key, str):
        raise HolderSilent("this KEK is not here")
    return AESGCM(key)


def _wrap(kid: str, secret: bytes, about: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(kid).encrypt(nonce, secret, about)


def _unwrap(kid: str, wrapped: bytes, about: bytes) -> bytes:
    try:
        return _cipher(kid).decrypt(wrapped[:NONCE], wrapped[NONCE:], about)
    except (InvalidTag, ValueError):
        raise WrapRefused from None


HOLDER: Final = Holder(_wrap, _unwrap, binds=True, at_a_time=500)
