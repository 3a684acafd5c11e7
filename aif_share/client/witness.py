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
from aif_share.errors import PinError, ProofError

SUCCESSOR = "successor"
"""Second line of a note by which a key of the log names the next one."""
NAMES = ("verifier", "receipts", "checkpoint")


@dataclass(frozen=True)
class Witnessed:
    """What was seen now, and what had been seen before; `first` without an earlier one.

    `successor`: the line of the key that the pinned one named as the next, if it did since; it is pinned now.
    """

    now: Checkpoint
    receipts: Verifier
    before: int
    first: bool
    successor: str | None = None


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

    def put(self, url: str, head: LogHead) -> None:
        """Keep a checkpoint and its keys, atomically and for this user alone."""
        replace_json(self.path, self._read() | {url: {name: str(getattr(head, name)) for name in NAMES}})

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


def witness(log: Log, *, url: str, store: WitnessStore) -> Witnessed:
    """Fetch the newest checkpoint, check that the log only grew since the last one, and keep it.

    Another key of the log is taken only at the word of the pinned one, and pinned from then on.
    Raise PinError for another key than that, ProofError for a signature or proof that does not hold, or a log
    that became shorter. Nothing is kept then: the old checkpoint is the evidence.
    """
    head, known = log.head(), store.get(url)
    verifier = Verifier.parse(head.verifier)
    pinned = verifier if known is None else Verifier.parse(known["verifier"])
    if known is not None and (known["receipts"] != head.receipts or not _leads(pinned, verifier, head.successions)):
        raise PinError(
            f"the log or the receipts of {url} are signed by another key than the one pinned in {store.path}. "
            "Ask the alliance by another way before you delete the pin"
        )
    now = open_checkpoint(head.checkpoint, verifier=verifier)
    before = Checkpoint(verifier.name, 0, merkle.EMPTY)
    if known is not None:
        before = open_checkpoint(known["checkpoint"], verifier=pinned)
        if before.size > now.size:
            raise ProofError(f"the log has {now.size} events, and had {before.size} when this key looked last")
        path: tuple[str, ...] = ()
        if 0 < before.size < now.size:
            path = log.consistency(old=before.size, size=now.size).path
        merkle.check_consistency(
            old_size=before.size, old_root=before.root, size=now.size, root=now.root, path=_hashes(path)
        )
    store.put(url, head)
    log.witness(now.size, base64.b64encode(now.root).decode("ascii"))
    successor = None if pinned == verifier else head.verifier
    return Witnessed(now, Verifier.parse(head.receipts), before.size, known is None, successor)


def _leads(pinned: Verifier, wanted: Verifier, successions: Iterable[str]) -> bool:
    """Whether a chain of notes, each signed by the key before, leads from the pinned key to the wanted one."""
    key = pinned
    for note in successions:
        if key == wanted:
            break
        try:
            lines = open_note(note, verifier=key).split("\n")
        except ProofError:
            continue  # of an earlier key, or of nobody's
        if len(lines) == 4 and lines[:2] == [key.name, SUCCESSOR]:
            following = Verifier.parse(lines[2])
            if following.name == key.name:
                key = following
    return key == wanted


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
