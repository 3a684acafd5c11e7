"""Giving events their places in the transparency log, and signing what the log then is.

One process does it, under the login `aif_audit`, which may add leaves, tiles and checkpoints and touch nothing else. An
event gets its leaf after it was committed: whoever changes something never waits for the log.
"""

from __future__ import annotations

import base64

from django.db import connection, transaction
from django.db.models import Min

from aif_share.errors import Refusal
from members.audit import homes
from members.audit.leaves import content, leaf_hash
from members.audit.notes import Signer, sign
from members.audit.tree import Tree, get_size
from members.models import AuditCheckpoint, AuditEvent, AuditHome, AuditLeaf, AuditLogKey, AuditTile

BATCH = 2_000
"""Events that get their leaves in one transaction."""
SUCCESSOR = "successor"
"""Second line of a note by which a key says which one follows; a checkpoint has its size there."""
RESTORED = "restored"
"""Second line of a note by which the log says under its old name that it was restored, and under which one it goes on."""


@transaction.atomic
def sequence(limit: int = BATCH) -> int:
    """Give up to `limit` waiting events their leaves; return how many. 0 as well while another sequencer is at it.

    Raise homes.Moved: this is a restored database, and nobody said so yet.
    """
    if not _alone():
        return 0
    homes.check_home()
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
def sign_checkpoint(*signers: Signer) -> AuditCheckpoint | None:
    """Sign the log as it is with each key, unless nothing was added since the last time; then return None.

    Raise homes.Moved, and homes.Renamed where the keys have another name than the log has by now.
    """
    if not _alone():
        return None
    homes.check_home()
    homes.check_name(signers[0].name)
    size = get_size()
    last = AuditCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if size == (last or 0):
        return None
    root = Tree(size).root()
    # As c2sp.org/tlog-checkpoint has it: the log's name, its size, the root.
    note = sign(signers, size, base64.b64encode(root).decode())
    return AuditCheckpoint.objects.create(size=size, root=root, note=note)


class KeyLeft(Refusal):
    """A key that another one followed already is the newest that was given."""

    def __init__(self) -> None:
        super().__init__("conflict", "the log was left to another key, and no key is taken up again")


@transaction.atomic
def publish_keys(*signers: Signer) -> None:
    """Store the public halves, oldest first, each once, so that web can serve them without knowing the private ones.

    A key that follows another one of these is signed by it: whoever pinned the older takes the newer at its word. One that
    comes alone was not left to by anybody, and everybody who pinned a key is stopped. Raise KeyLeft.
    """
    newest = AuditLogKey.objects.order_by("-pk").values_list("verifier", flat=True).first()
    known = AuditLogKey.objects.filter(verifier=signers[-1].verifier).exists()
    if known and newest != signers[-1].verifier:
        raise KeyLeft
    for before, signer in zip((None, *signers), signers, strict=False):
        note = "" if before is None else before.sign(SUCCESSOR, signer.verifier)
        AuditLogKey.objects.get_or_create(verifier=signer.verifier, defaults={"succession": note})


@transaction.atomic
def follow_restore(*signers: Signer) -> None:
    """Under its old name, let the log say that it was restored and how much of it was kept, and that it goes on under theirs.

    The lines of the note: old name, `restored`, size that was kept, its root, size that a witness had seen, verifier key line
    of the first of `signers`. Without the key that signed last nothing can be said, and everybody who pinned it is stopped.
    The same is said under each name that this database lost, and a witness still knew.
    """
    newest = AuditLogKey.objects.order_by("-pk").values_list("verifier", flat=True).first() or ""
    name, home = newest.partition("+")[0], AuditHome.objects.order_by("-pk").first()
    if home is None or not newest or name == signers[0].name:
        return

    def farewell(line: str, kept: int) -> str:
        for former in (Signer(line.partition("+")[0], signer.key) for signer in signers):
            if former.verifier == line:
                root = base64.b64encode(Tree(kept).root()).decode()
                return former.sign(RESTORED, kept, root, home.seen, signers[0].verifier)
        return ""

    # Where a lost name parted from this log nobody here knows: not behind the first place at which it parted from anything.
    first = AuditHome.objects.filter(branch__gt=0).aggregate(kept=Min("kept"))["kept"]
    # They stay in that row, and were published when the name changed to the one that changes now.
    said = set(AuditLogKey.objects.filter(verifier__in=home.vanished).values_list("verifier", flat=True))
    for line in (each for each in home.vanished if each not in said):
        AuditLogKey.objects.create(verifier=line, succession=farewell(line, first))
    AuditLogKey.objects.create(verifier=signers[0].verifier, succession=farewell(newest, home.kept))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [homes.LOCK])
        return bool(cursor.fetchone()[0])
