"""A member's own screenings, held against the transparency log: rows under the event of their second, the event in the log."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from aif_share.audit import merkle
from aif_share.audit.ledger import check_seal, read_seal
from aif_share.client.resources.log import Log
from aif_share.client.witness import Witnessed
from aif_share.errors import NotFound, ProofError

PATIENCE: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Screenings:
    """How the newest screenings fared: rows and events proven, rows not sealed or signed yet, and how many of them are late."""

    rows: int
    events: int
    waiting: int
    late: int


def check_screenings(log: Log, seen: Witnessed, *, newest: int, now: datetime) -> Screenings:
    """Check the `newest` rows of the own ledger with all that were sealed beside them.

    Rows wait for some seconds; those that wait for longer than PATIENCE are late, and something is wrong. Raise ProofError: rows are not those that their event commits to, or the event does not stand in the log.
    """
    found = list(islice(log.screenings(limit=min(newest, 1_000)), newest))
    waiting, proven, events = [row.leaf for row in found if row.event is None], 0, 0
    for event in dict.fromkeys(row.event for row in found if row.event is not None):
        rows = [row.leaf for row in log.screenings(event=event)][::-1]
        if _prove(log, seen, event, [row.encode() for row in rows]):
            proven, events = proven + len(rows), events + 1
        else:
            waiting += rows
    return Screenings(proven, events, len(waiting), sum(_asked_at(row) < now - PATIENCE for row in waiting))


def _prove(log: Log, seen: Witnessed, event: str, rows: list[bytes]) -> bool:
    """Whether the event stands in the log that was seen, with these rows; False: it stands behind its end."""
    try:
        proof = log.inclusion(event, size=seen.now.size)
    except NotFound:
        return False
    leaf, seq = _read(proof.leaf), proof.seq
    seal = read_seal(leaf)
    if seal is None or seq is None or leaf.get("event") != event:
        raise ProofError("the log answers with another event than the one asked for")
    check_seal(seal, rows)
    try:
        path = [base64.b64decode(each, validate=True) for each in proof.path]
    except binascii.Error:
        raise ProofError("a proof of the log cannot be read") from None
    text = str(proof.leaf).encode()
    merkle.check_inclusion(leaf=merkle.leaf_hash(text), index=seq, size=seen.now.size, path=path, root=seen.now.root)
    return True


def _asked_at(row: str) -> datetime:
    try:
        return datetime.fromisoformat(str(_read(row).get("at")))
    except ValueError:
        raise ProofError("a row of the ledger does not say when it was asked") from None


def _read(leaf: str | None) -> dict[str, Any]:
    try:
        event = json.loads(leaf or "")
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise ProofError("a leaf of the log is no event")
    return event
