"""Signed notes and checkpoints of logs, as c2sp.org/signed-note and c2sp.org/tlog-checkpoint set them down.

A note is lines of text, an empty line, and signature lines `— name base64(key id ‖ signature)`. The key id is the first
four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key); 0x01 says Ed25519 (RFC 8032).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from aif_share.errors import ProofError

ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Verifier:
    """Whose signatures count: the name of the key and the 32 bytes of its public half."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        """The vkey form: name+key id in hex+base64."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public_key).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Return the key of a vkey line; ProofError if it is none, or not Ed25519's."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except ValueError:  # binascii.Error is one, and so is what is not ASCII
            raise ProofError("this is no verifier key") from None
        made = cls(name, raw[1:])
        if not name or raw[:1] != ED25519 or len(raw) != 33 or made.key_id.hex() != key_id:
            raise ProofError("this is no verifier key")
        return made


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def open_checkpoint(note: str, *, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a note that `verifier` signed. ProofError: not signed by it, or of another form."""
    return _parsed(open_note(note, verifier=verifier), verifier.name)


def open_note(note: str, *, verifier: Verifier) -> str:
    """Return the text of a note that `verifier` signed, its last newline included. ProofError if it did not.

    Signatures of others are passed over, as the specification wants it; one of this key that does not hold is not.
    """
    text, between, signatures = note.rpartition("\n\n")
    if not between or not signatures.endswith("\n"):
        raise ProofError("this is no signed note")
    text += "\n"
    signed = False
    for line in signatures.splitlines():
        found = _SIGNATURE.fullmatch(line)
        if not found:
            raise ProofError("this is no signed note")
        raw = _decoded(found[2])
        if found[1] == verifier.name and raw[:4] == verifier.key_id:
            _check_signature(verifier, raw[4:], text)
            signed = True
    if not signed:
        raise ProofError("the note is not signed by this key")
    return text


def _check_signature(verifier: Verifier, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(signature, text.encode())
    except InvalidSignature:
        raise ProofError("the signature of the note does not hold") from None


def _parsed(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != origin or not _SIZE.fullmatch(lines[1]):
        raise ProofError("the checkpoint is not of this log")
    root = _decoded(lines[2])
    if len(root) != 32:
        raise ProofError("the checkpoint is not of this log")
    return Checkpoint(origin, int(lines[1]), root)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ProofError("this is no signed note") from None
