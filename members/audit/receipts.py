"""Receipts: a signed promise, given at once, that an event will stand in the transparency log.

An event gets its leaf a moment after the answer. Were it removed in between, no checkpoint would show it; but whoever was
answered holds the leaf's hash under the platform's signature (as signed certificate timestamps do, RFC 9162, section 4.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from members.audit.leaves import KIND, content, leaf_hash, moment
from members.audit.notes import Signer
from members.models import AuditEvent, reference


@dataclass(frozen=True)
class Receipt:
    """The event of what was acknowledged, the hash of its leaf in hex, and both with the digest as a signed note."""

    event: str
    leaf: str
    signed: str


def issue(event: AuditEvent, *, digest: str, received_at: datetime) -> Receipt:
    """Return the receipt of an event; the same one every time."""
    ref, leaf = reference.encode(KIND, event.pk), leaf_hash(content(event)).hex()
    signer = _signer(settings.AIF_REFERENCE_KEY, settings.AIF_LOG_ORIGIN)
    return Receipt(ref, leaf, signer.sign(ref, leaf, digest, moment(received_at)))


def find_event(*, institution_id: int, verb: str, subject: str) -> AuditEvent | None:
    """Return the first event of a verb about a subject, as web may read it: its own institution's, one at a time."""
    rows = AuditEvent.objects.raw("SELECT * FROM audit_event_of(%s, %s, %s)", [institution_id, verb, subject])
    return next(iter(rows), None)


def get_verifier() -> str:
    """Return the line of the key that signs receipts (c2sp.org/signed-note)."""
    return _signer(settings.AIF_REFERENCE_KEY, settings.AIF_LOG_ORIGIN).verifier


@lru_cache(maxsize=2)
def _signer(key_hex: str, origin: str) -> Signer:
    derived = HKDF(algorithm=SHA256(), length=32, salt=b"", info=b"aif1|receipt").derive(bytes.fromhex(key_hex))
    return Signer(f"{origin}/receipts", Ed25519PrivateKey.from_private_bytes(derived))
