"""Giving events their places in the transparency log, and signing what the log then is.

One process does it, under the login `aif_audit`, which may add leaves, tiles and checkpoints and touch nothing else. An
event gets its leaf after it was committed: whoever changes something never waits for the log.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from members.audit.leaves import content, leaf_hash
from members.audit.tree import Tree
from members.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLogKey, AuditTile

BATCH = 2_000
"""Events that get their leaves in one transaction."""
_ALONE = 0x6C6F67  # the number of the lock that one sequencer holds


@dataclass(frozen=True)
class Signer:
    """The name of the log and its private key."""

    origin: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> str:
        """The verifier key line: name+key id in hex+base64 (c2sp.org/signed-note)."""
        public = b"\x01" + self.key.public_key().public_bytes_raw()
        return f"{self.origin}+{self._key_id(public).hex()}+{base64.b64encode(public).decode()}"

    def sign(self, size: int, root: bytes) -> str:
        """Return the checkpoint as a signed note (c2sp.org/tlog-checkpoint)."""
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        key_id = self._key_id(b"\x01" + self.key.public_key().public_bytes_raw())
        signature = base64.b64encode(key_id + self.key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"

    def _key_id(self, public: bytes) -> bytes:
        return hashlib.sha256(self.origin.encode() + b"\n" + public).digest()[:4]


@transaction.atomic
def sequence(limit: int = BATCH) -> int:
    """Give up to `limit` waiting events their leaves; return how many. 0 as well while another sequencer is at it."""
    if not _alone():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_pending WHERE event_id IN (SELECT event_id FROM audit_pending ORDER BY event_id LIMIT %s)"
            " RETURNING event_id",
            [limit],
        )
        waiting = [number for (number,) in cursor.fetchall()]
    if not waiting:
        return 0
    begin = _size()
    events = AuditEvent.objects.filter(pk__in=waiting).order_by("pk")
    leaves = [
        AuditLeaf(seq=seq, event_id=row.pk, institution_id=row.institution_id, hash=leaf_hash(content(row)))
        for seq, row in enumerate(events, begin)
    ]
    AuditLeaf.objects.bulk_create(leaves)
    AuditTile.objects.bulk_create(Tree(begin + len(leaves)).full_tiles(begin))
    return len(leaves)


@transaction.atomic
def sign_checkpoint(signer: Signer) -> AuditCheckpoint | None:
    """Sign the log as it is, unless nothing was added since the last time; then return None."""
    if not _alone():
        return None
    size = _size()
    last = AuditCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if size == (last or 0):
        return None
    root = Tree(size).root()
    return AuditCheckpoint.objects.create(size=size, root=root, note=signer.sign(size, root))


def publish_key(signer: Signer) -> None:
    """Store the public half of the key, once, so that web can serve it without knowing the private one."""
    AuditLogKey.objects.get_or_create(verifier=signer.verifier)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ALONE])
        return bool(cursor.fetchone()[0])


def _size() -> int:
    last = AuditLeaf.objects.order_by("-seq").values_list("seq", flat=True).first()
    return 0 if last is None else last + 1
