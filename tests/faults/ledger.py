"""The ledger of acknowledgments: a file that is written through to the disk before the client goes on."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Acknowledged:
    """One answer of 202: who was told that which batch is stored."""

    member: int
    key: str
    batch: str
    digest: str
    clues: int
    no: int
    """The batch's number in the member's plan: what it held follows from it."""


class Ledger:
    """Append-only; whoever returns from `add` has it on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self.clues = 0

    def add(self, one: Acknowledged) -> None:
        """Write one acknowledgment through to the disk."""
        line = json.dumps(asdict(one)).encode() + b"\n"
        with self._lock:
            os.write(self._file, line)
            os.fsync(self._file)
            self.clues += one.clues

    def read(self) -> Iterator[Acknowledged]:
        """What is on disk, in the order in which it came."""
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                yield Acknowledged(**json.loads(line))

    def close(self) -> None:
        """Close the file; it can still be read."""
        os.close(self._file)
