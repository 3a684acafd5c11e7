"""Check a whole log against a signed checkpoint: every leaf is hashed anew, and the root of all has to be the signed one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from aif_share.audit import merkle
from aif_share.audit.ledger import Ledger
from aif_share.audit.note import Checkpoint
from aif_share.errors import ProofError


def verify_log(lines: Iterable[bytes], head: Checkpoint, ledger: Ledger | None = None) -> int:
    """Check the first `head.size` leaves, one a line as `manage.py export_log` writes them; return how many stand behind.

    `ledger` learns what they commit to, to be held against rows when the log holds.

    Raise ProofError: a line is no leaf, one is missing, or what they add up to was not signed. Memory stays small.
    """
    rest = iter(lines)
    size, root = merkle.root_of(_hashes(rest, head.size, ledger))
    if size < head.size:
        raise ProofError(f"the log has {size} events, and {head.size} were signed")
    if root != head.root:
        raise ProofError("the events are not those that were signed")
    return sum(1 for _ in rest)


def _hashes(lines: Iterator[bytes], size: int, ledger: Ledger | None) -> Iterator[bytes]:
    for number in range(size):
        line = next(lines, None)
        if line is None:
            return
        line = line.rstrip(b"\n")
        try:
            leaf = json.loads(line)
        except ValueError:
            leaf = None
        if not isinstance(leaf, dict) or "event" not in leaf:
            raise ProofError(f"line {number + 1} is no event")
        if ledger is not None:
            ledger.add(leaf)
        yield merkle.leaf_hash(line)
