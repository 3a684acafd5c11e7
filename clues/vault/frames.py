"""The form of an object's file: a header, then frames of 1 MiB, each AES-256-GCM under the object's own key.

    header   16 bytes, the algorithm: `aes256gcm-v1`, filled up with zeros
    frame    nonce (12, random) · ciphertext (1 MiB, the last one 0 to 1 MiB) · tag (16)

Associated data of a frame: the object's id, kind and version, the frame's number, whether it is the last, and what the
object is bound to. So frames cannot be exchanged, left out, put in another order or into another object, and an end that
was cut off is noticed. A nonce is random and not a counter: an upload that breaks off writes the same frame once more,
maybe with other bytes, and a nonce must never seal two of them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clues.models import StoredObject
from clues.vault.failures import alarm

FRAME: Final = 1024 * 1024
NONCE: Final = 12
EXTRA: Final = NONCE + 16
HEADER: Final = b"aes256gcm-v1".ljust(16, b"\0")


def count(size: int) -> int:
    """Return how many frames `size` bytes take; nothing takes one, empty."""
    return max(1, -(-size // FRAME))


def position(index: int) -> int:
    """Return where frame `index` begins in the file."""
    return len(HEADER) + index * (FRAME + EXTRA)


def file_size(size: int) -> int:
    """Return the bytes of the file of an object of `size` bytes."""
    return len(HEADER) + count(size) * EXTRA + size


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens the frames of one object."""

    cipher: AESGCM
    prefix: str
    about: str  # for the alarm: the object's id
    suffix: str

    @classmethod
    def of(cls, stored: StoredObject, secret: bytes) -> Sealer:
        """Return the sealer of an object whose key has these 32 bytes."""
        prefix = f"aif-vault|frame|1|{stored.id}|{stored.kind}|{stored.version}"
        return cls(AESGCM(secret), prefix, str(stored.id), stored.bound_to)

    def seal(self, plain: bytes | memoryview, index: int, *, last: bool) -> bytes:
        """Return frame `index` as it stands in the file."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self.cipher.encrypt(nonce, bytes(plain), self._bound(index, last))

    def open(self, sealed: bytes, index: int, *, last: bool) -> bytes:
        """Return the content of frame `index`. Raise IntegrityFailed."""
        try:
            return self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(index, last))
        except (InvalidTag, ValueError):
            raise alarm(what="frame", about=self.about) from None

    def _bound(self, index: int, last: bool) -> bytes:
        return f"{self.prefix}|{index}|{int(last)}|{self.suffix}".encode()
