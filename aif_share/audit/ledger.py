"""The second level of the log: ledger rows of one second, under the event that commits to them.

An event `screening.ask` holds `root`, the Merkle root (hex) over its rows' leaves, and `rows`, how many there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aif_share.audit import merkle
from aif_share.errors import ProofError

SEALS = "screening.ask"
DELETES = "retention.delete"


@dataclass(frozen=True)
class Seal:
    """What an event commits to: how many rows, and their root (32 bytes)."""

    rows: int
    root: bytes


@dataclass(frozen=True)
class Opened:
    """How a ledger fared against the log: seals and rows that hold, and rows that retention deleted, which the log says."""

    seals: int
    rows: int
    deleted: int


def read_seal(event: Mapping[str, Any]) -> Seal | None:
    """Return what an event of the log commits to; None for an event of another kind. ProofError: it cannot be read."""
    if event.get("verb") != SEALS:
        return None
    try:
        seal = Seal(int(event["detail"]["rows"]), bytes.fromhex(event["detail"]["root"]))
    except (KeyError, TypeError, ValueError):
        seal = Seal(0, b"")
    if seal.rows < 1 or len(seal.root) != 32:
        raise ProofError("an event of screenings says not what it commits to")
    return seal


def check_seal(seal: Seal, leaves: Iterable[bytes]) -> None:
    """Raise ProofError unless these are the rows, in their order, that the event commits to."""
    size, root = merkle.root_of(map(merkle.leaf_hash, leaves))
    if (size, root) != (seal.rows, seal.root):
        raise ProofError("the rows of the ledger are not those that were sealed")


class Ledger:
    """The seals of a log that is read from its beginning, and then the rows of its ledger held against them."""

    def __init__(self) -> None:
        self._seals: dict[str, Seal] = {}
        self._deleted = 0

    def add(self, leaf: Mapping[str, Any]) -> None:
        """Take the next event of the log."""
        seal = read_seal(leaf)
        if seal is not None:
            self._seals[str(leaf["event"])] = seal
        elif leaf.get("verb") == DELETES and leaf["detail"].get("rule") == "screenings":
            self._deleted += int(leaf["detail"]["rows"])

    def open(self, lines: Iterable[bytes]) -> Opened:
        """Check the exported rows, one `{"event": …, "leaf": …}` a line, those of an event together and in order.

        Rows of events behind the log's end are passed over. Raise ProofError: a row was changed, added or moved, or rows are
        missing that no retention in the log deleted.
        """
        opened, rows, missing, rest = 0, 0, 0, dict(self._seals)
        for event, group in groupby(map(_row, enumerate(lines, 1)), key=lambda row: row[0]):
            seal = rest.pop(event, None)
            if seal is None:
                if event in self._seals:
                    raise ProofError("the rows of one event of the ledger stand apart")
                continue
            leaves = [leaf for _, leaf in group]
            if len(leaves) < seal.rows:
                missing += seal.rows - len(leaves)
                continue
            check_seal(seal, leaves)
            opened, rows = opened + 1, rows + len(leaves)
        missing += sum(seal.rows for seal in rest.values())
        if missing > self._deleted:
            raise ProofError(f"{missing} rows of the ledger are missing, and the log tells of {self._deleted} deleted")
        return Opened(opened, rows, missing)


def _row(numbered: tuple[int, bytes]) -> tuple[str, bytes]:
    number, line = numbered
    try:
        row = json.loads(line)
        return str(row["event"]), str(row["leaf"]).encode()
    except (ValueError, KeyError, TypeError):
        raise ProofError(f"line {number} of the ledger is no row") from None
