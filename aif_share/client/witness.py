"""A member as witness of the transparency log: it keeps the newest checkpoint, and nothing signed can be taken back.

The log's key is pinned at the first use, and the checkpoint kept, for each platform in `<data home>/<key id>/log.json`.
Without somebody who keeps checkpoints, a log that loses its end together with its signatures looks sound.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aif_share.audit import merkle
from aif_share.audit.note import Checkpoint, Verifier, open_checkpoint, open_note
from aif_share.client.private_file import replace_json
from aif_share.client.resources.log import Log, LogHead
from aif_share.client.succession import follow
from aif_share.errors import LogRestored, PinError, ProofError

NAMES = ("verifier", "receipts", "checkpoint")


@dataclass(frozen=True)
class Witnessed:
    """What was seen now, and what had been seen before; `first` without an earlier one.

    `successor`: the line of the key that the pinned one named as the next, if it did since; it is pinned now.
    `restored`: the platform's database was restored since, which somebody here accepted; `lost` events that this key had seen
    signed are gone.
    """

    now: Checkpoint
    receipts: Verifier
    before: int
    first: bool
    successor: str | None = None
    restored: bool = False
    lost: int = 0


@dataclass(frozen=True)
class Receipts:
    """How receipts fared: proven, not in the log yet, and gone (batch references)."""

    proven: tuple[str, ...]
    waiting: tuple[str, ...]
    missing: tuple[str, ...]


class WitnessStore:
    """`<data home>/<key id>/log.json`: `{"<platform url>": {"verifier": …, "receipts": …, "checkpoint": …}}`."""

    def __init__(self, home: Path, key_id: str) -> None:
        self.path = home / key_id / "log.json"

    def get(self, url: str) -> Mapping[str, str] | None:
        """What is known of a platform's log; None before its first use. A file that cannot be read is no first use."""
        known = self._read().get(url)
        if known is not None and not (
            isinstance(known, dict) and all(isinstance(known.get(name), str) for name in NAMES)
        ):
            raise PinError(f"{self.path} holds no checkpoint; restore it, or delete it to begin anew")
        return known

    def put(self, url: str, head: LogHead, *, parted: bool = False) -> None:
        """Keep a checkpoint and its keys, atomically and for this user alone.

        `parted`: the log goes on as another one; what was kept of it stays in `former`, for it is evidence.
        """
        known = self._read()
        before = known.get(url, {})
        former = [*before.get("former", []), *([{name: before[name] for name in NAMES}] if parted else [])]
        kept: dict[str, Any] = {name: str(getattr(head, name)) for name in NAMES}
        replace_json(self.path, known | {url: kept | ({"former": former} if former else {})})

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            known = None
        if not isinstance(known, dict):
            raise PinError(f"{self.path} cannot be read; restore it, or delete it to begin anew")
        return known


def witness(log: Log, *, url: str, store: WitnessStore, accept_restore: bool = False) -> Witnessed:
    """Fetch the newest checkpoint, check that the log only grew since the last one, and keep it.

    Another key of the log is taken only at the word of the pinned one, and pinned from then on.
    Raise LogRestored where the platform says that its database was restored and the log goes on under another name, unless
    `accept_restore`; PinError for another key than that, ProofError for a signature or proof that does not hold, or a log
    that became shorter. Nothing is kept then: the old checkpoint is the evidence.
    """
    head, known = log.head(), store.get(url)
    verifier = Verifier.parse(head.verifier)
    pinned = verifier if known is None else Verifier.parse(known["verifier"])
    leads, restores = follow(pinned, verifier, head.successions)
    if known is not None and (known["receipts"] != head.receipts or not leads):
        raise PinError(
            f"the log or the receipts of {url} are signed by another key than the one pinned in {store.path}. "
            "Ask the alliance by another way before you delete the pin"
        )
    now = open_checkpoint(head.checkpoint, verifier=verifier)
    before = Checkpoint(verifier.name, 0, merkle.EMPTY)
    if known is not None:
        before = open_checkpoint(known["checkpoint"], verifier=pinned)
    kept = min((restore.kept for restore in restores), key=lambda each: each.size, default=before)
    lost = max(0, before.size - kept.size)
    if restores and not accept_restore:
        raise LogRestored(
            f"the platform says that its database was restored from a backup: {kept.size} events of the log were kept, and "
            f"this key had seen {before.size}. Ask the alliance and other members by another way what happened, then accept it"
        )
    if before.size > now.size and not restores:
        raise ProofError(f"the log has {now.size} events, and had {before.size} when this key looked last")
    # What a restore says it kept has to lead to what is signed now, and what was seen before it, unless that is lost.
    for older in (*([] if lost or known is None else [before]), *(restore.kept for restore in restores)):
        check_grown(log, older, now)
    store.put(url, head, parted=bool(restores))
    log.witness(now.size, base64.b64encode(now.root).decode("ascii"))
    successor = None if pinned == verifier else head.verifier
    return Witnessed(
        now, Verifier.parse(head.receipts), before.size, known is None, successor, restored=bool(restores), lost=lost
    )


def check_grown(log: Log, older: Checkpoint, now: Checkpoint) -> None:
    """Let the platform prove that one checkpoint grew from another. Raise ProofError if it cannot."""
    if older.size > now.size:
        raise ProofError(f"the log has {now.size} events, and says that {older.size} were kept")
    path = log.consistency(old=older.size, size=now.size).path if 0 < older.size < now.size else ()
    merkle.check_consistency(old_size=older.size, old_root=older.root, size=now.size, root=now.root, path=_hashes(path))


def check_receipts(log: Log, seen: Witnessed, receipts: Iterable[tuple[str, Mapping[str, Any]]]) -> Receipts:
    """Check (batch, receipt) against the log: each has its event, with the receipt's digest and the leaf it promised.

    Raise ProofError for a proof or signature that does not hold, or an event that says something else than its receipt.
    """
    wanted = dict(receipts)
    for receipt in wanted.values():
        _check_signature(receipt, seen.receipts)
    proven: list[str] = []
    waiting: list[str] = []
    for entry in log.entries():
        if not wanted:
            break
        event = _event(entry.leaf)
        if event.get("verb") != "batch.receive" or event.get("subject") not in wanted:
            continue
        batch = str(event["subject"])
        receipt, leaf = wanted.pop(batch), merkle.leaf_hash(entry.leaf.encode())
        if event["detail"].get("digest") != receipt["digest"] or receipt.get("leaf", leaf.hex()) != leaf.hex():
            raise ProofError(f"the log says something else of {batch} than its receipt")
        if entry.seq >= seen.now.size:
            waiting.append(batch)
            continue
        path = _hashes(log.inclusion(str(event["event"]), size=seen.now.size).path)
        merkle.check_inclusion(leaf=leaf, index=entry.seq, size=seen.now.size, path=path, root=seen.now.root)
        proven.append(batch)
    return Receipts(tuple(proven), tuple(waiting), tuple(wanted))


def _check_signature(receipt: Mapping[str, Any], verifier: Verifier) -> None:
    # Those of before the log were not signed.
    if "signed" in receipt:
        said = open_note(str(receipt["signed"]), verifier=verifier).split("\n")
        if said[:4] != [verifier.name, receipt["event"], receipt["leaf"], receipt["digest"]]:
            raise ProofError("a receipt says something else than what was signed")


def _event(leaf: str) -> Mapping[str, Any]:
    try:
        event = json.loads(leaf)
    except ValueError:
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("detail"), dict):
        raise ProofError("a leaf of the log is no event")
    return event


def _hashes(path: Iterable[str]) -> list[bytes]:
    try:
        return [base64.b64decode(each, validate=True) for each in path]
    except binascii.Error:
        raise ProofError("a proof of the log cannot be read") from None
