"""Giving events their places in the transparency log, and signing what the log then is.

One process does it, under the login `aif_audit`, which may add leaves, tiles and checkpoints and touch nothing else. An
event gets its leaf after it was committed: whoever changes something never waits for the log.
"""

from __future__ import annotations

import base64

from django.db import connection, transaction

from members.audit.leaves import content, leaf_hash
from members.audit.notes import Signer
from members.audit.tree import Tree, get_size
from members.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLogKey, AuditTile

BATCH = 2_000
"""Events that get their leaves in one transaction."""
_ALONE = 0x6C6F67  # the number of the lock that one sequencer holds


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
    begin = get_size()
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
    size = get_size()
    last = AuditCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if size == (last or 0):
        return None
    root = Tree(size).root()
    # As c2sp.org/tlog-checkpoint has it: the log's name, its size, the root.
    note = signer.sign(size, base64.b64encode(root).decode())
    return AuditCheckpoint.objects.create(size=size, root=root, note=note)


def publish_key(signer: Signer) -> None:
    """Store the public half of the key, once, so that web can serve it without knowing the private one."""
    AuditLogKey.objects.get_or_create(verifier=signer.verifier)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ALONE])
        return bool(cursor.fetchone()[0])
