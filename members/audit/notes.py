"""Signing notes (c2sp.org/signed-note): lines of text, an empty line, and a line with the key's name, id and signature."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519: Final = b"\x01"


@dataclass(frozen=True)
class Signer:
    """What a key is called, and its private half (Ed25519, RFC 8032)."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> str:
        """The verifier key line: name+key id in hex+base64."""
        return f"{self.name}+{self._key_id.hex()}+{base64.b64encode(self._public).decode()}"

    def sign(self, *lines: object) -> str:
        """Return the note whose text is the name and these lines."""
        text = "".join(f"{line}\n" for line in (self.name, *lines))
        signature = base64.b64encode(self._key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"

    @property
    def _public(self) -> bytes:
        return _ED25519 + self.key.public_key().public_bytes_raw()

    @property
    def _key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._public).digest()[:4]
