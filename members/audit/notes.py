"""Signing notes (c2sp.org/signed-note): lines of text, an empty line, and a line with the key's name, id and signature."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
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
        return sign([self], *lines)

    def signature(self, text: str) -> str:
        """Return the signature line over the text of a note."""
        signature = base64.b64encode(self._key_id + self.key.sign(text.encode())).decode()
        return f"— {self.name} {signature}\n"

    @property
    def _public(self) -> bytes:
        return _ED25519 + self.key.public_key().public_bytes_raw()

    @property
    def _key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self._public).digest()[:4]


def sign(signers: Sequence[Signer], *lines: object) -> str:
    """Return the note whose text is the common name of the keys and these lines, signed by each."""
    (name,) = {signer.name for signer in signers}
    text = "".join(f"{line}\n" for line in (name, *lines))
    return text + "\n" + "".join(signer.signature(text) for signer in signers)


def is_signed_by(note: str, verifier: str) -> bool:
    """Whether a note of ours carries a signature line of the key of a verifier line, by its id; unchecked."""
    name, _, rest = verifier.partition("+")
    key_id = bytes.fromhex(rest.partition("+")[0])
    lines = (line.split(" ") for line in note.rpartition("\n\n")[2].splitlines())
    return any(line[1:2] == [name] and base64.b64decode(line[2])[:4] == key_id for line in lines)
