"""Say that the database was restored from a backup, and what a witness had seen: only then is the log signed again."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.audit.note import Checkpoint, Verifier, open_checkpoint
from aif_share.errors import ProofError, Refusal
from members.audit import homes, record
from members.audit.tree import Tree, get_size
from members.models import AuditEvent, AuditHome, AuditLogKey
from members.permissions import Console

_BRANCH: Final = re.compile(r"/[0-9]+(?:\.[0-9a-f]{16})?\Z")
"""What a restore adds to the name of the log (homes.get_origin)."""
SKIPPED: Final = 1_000_000
"""Numbers that every sequence leaves out: what was handed out in the lost interval must never name something else."""
# Every table counts by a sequence of its own; references, event ids, message ids and places in feeds are made of them.
SKIP: Final = """
SELECT count(setval(format('%%I.%%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + %s))
FROM pg_sequences WHERE schemaname = 'public'
"""


@dataclass(frozen=True)
class Restored:
    """What was found: `kept` events in the restored log, the most that a witness had `seen`, and what the log is called now."""

    kept: int
    seen: int
    origin: str
    lost_since: datetime | None

    @property
    def lost(self) -> int:
        """Events that were signed and are gone, as far as the witnesses say."""
        return max(0, self.seen - self.kept)


@transaction.atomic
def declare(*, checkpoints: Sequence[str], complete: bool, by: Console) -> Restored:
    """Record the restore, and let the log go on; as the owner of the tables.

    `checkpoints` are signed notes that witnesses kept. `complete` says that the write-ahead log was replayed to its very end,
    so that nothing signed is missing; the log then keeps its name, and a checkpoint that proves otherwise is refused. Else
    it goes on under another one, for what follows differs from what may have been signed already. No two restores give the
    same name, not even from the same backup: what the first of them said is in none of it, but a witness may bring it.

    Raise Refusal: `field-invalid` (a note that no key of this log signed), `conflict` (nothing was restored; or it is not
    complete, as a checkpoint shows).
    """
    homes.hold()  # nothing is signed while the name changes
    cluster, before = homes.get_cluster(), AuditHome.objects.order_by("-pk").first() or AuditHome()
    kept = get_size()
    known = [Verifier.parse(line) for line in AuditLogKey.objects.order_by("-pk").values_list("verifier", flat=True)]
    seen = [_open(note, known) for note in checkpoints]
    newest = max((each.size for each, _signer in seen), default=0)
    unknown = {str(signer) for _each, signer in seen if signer not in known}
    differs = bool(unknown) or not all(_holds(each, kept) for each, _signer in seen)
    if before.cluster == cluster and not differs:
        raise Refusal("conflict", gettext_noop("This is the database that the log was signed on; nothing is missing."))
    if complete and differs:
        raise Refusal(
            "conflict", gettext_noop("It is not complete: a witness keeps a checkpoint that this log does not lead to.")
        )
    vanished = sorted(unknown | set(before.vanished) - {str(each) for each in known})
    home = AuditHome(cluster=cluster, branch=before.branch, mark=before.mark, kept=kept, seen=newest, vanished=vanished)
    if not complete:
        home.branch, home.mark = before.branch + 1, secrets.token_hex(8)
    last = AuditEvent.objects.order_by("-pk").values_list("at", flat=True).first()
    home.save()
    with connection.cursor() as cursor:
        cursor.execute(SKIP, [SKIPPED])
    detail = {
        "kept": kept, "seen": newest, "complete": complete, "log": homes.get_origin(home),
        "since": last.isoformat() if last else "",
    }  # fmt: skip
    record("log.restore", actor=by, subject_ref="log", detail=detail)
    return Restored(kept, newest, homes.get_origin(home), last)


def _open(note: str, known: Sequence[Verifier]) -> tuple[Checkpoint, Verifier]:
    """Return what a note says, and who signed it: one of the known keys, perhaps under a name of the log that is not known."""
    for verifier in (*known, *_under(note.partition("\n")[0], known)):
        try:
            return open_checkpoint(note, verifier=verifier), verifier
        except ProofError:
            continue
    raise Refusal("field-invalid", gettext_noop("No key of this log signed this checkpoint."), field="checkpoint")


def _under(name: str, known: Sequence[Verifier]) -> Iterator[Verifier]:
    """The known keys under a name that an earlier restore gave, which only those who were there then still know."""
    # By the names that signed here, not by AIF_LOG_ORIGIN: whoever declares a restore may know another one than the sequencer.
    base = _BRANCH.sub("", name)
    if base != name and base in {_BRANCH.sub("", verifier.name) for verifier in known}:
        yield from (Verifier(name, verifier.public_key) for verifier in known)


def _holds(seen: Checkpoint, kept: int) -> bool:
    """Whether the log here leads to what the witness saw."""
    return seen.size <= kept and hmac.compare_digest(Tree(seen.size).root(), seen.root)
