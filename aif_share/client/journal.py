"""How far the submission of one file got, kept in the map so that a break at any moment loses and doubles nothing.

A chunk is written down whole, with its Idempotency-Key, before it is sent, and its body goes once the platform
answered. So after a break the same bytes go out under the same key, and reading resumes behind the last chunk.
"""

from __future__ import annotations

import json
import uuid
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aif_share.client.map import Map, Submitted


@dataclass(frozen=True, slots=True)
class Chunk:
    """One POST of a batch: `body` is None once answered; `lines` are the line numbers of its clues, in order."""

    no: int
    first_row: int
    idempotency_key: str
    lines: Sequence[int] = field(repr=False)
    body: bytes | None = field(repr=False)
    answer: dict[str, Any] | None


class Journal:
    """The record of one submission, new or resumed: the open one of this fingerprint, if there is one."""

    def __init__(self, map: Map, fingerprint: str) -> None:
        self._map = map
        with map.transaction() as db:
            found = db.execute(
                "SELECT id, next_row FROM job WHERE fingerprint = ? AND done = 0", (fingerprint,)
            ).fetchone()
            self.resumed = found is not None
            if found is None:
                found = (db.execute("INSERT INTO job (fingerprint) VALUES (?)", (fingerprint,)).lastrowid, 0)
            self._job: int = found[0]
            self.next_row: int = found[1]

    def write(
        self,
        *,
        first_row: int,
        next_row: int,
        refused: Iterable[tuple[int, str]],
        clues: Sequence[bytes],
        lines: Sequence[int],
        submitted: Iterable[Submitted],
    ) -> Chunk | None:
        """Write down what was read in [first_row, next_row): refusals, and a chunk to send if it has clues."""
        with self._map.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", [(self._job, line, code) for line, code in refused]
            )
            db.execute("UPDATE job SET next_row = ? WHERE id = ?", (next_row, self._job))
            chunk = None
            if clues:
                (no,) = db.execute("SELECT count(*) FROM chunk WHERE job = ?", (self._job,)).fetchone()
                body = b'{"clues":[' + b",".join(clues) + b"]}"
                chunk = Chunk(no, first_row, uuid.uuid4().hex, lines, body, None)
                db.execute(
                    "INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, NULL)",
                    (self._job, no, first_row, chunk.idempotency_key, _pack(lines), zlib.compress(body, 1)),
                )
                self._map.remember(db, submitted)
        self.next_row = next_row
        return chunk

    def answered(self, chunk: Chunk, answer: dict[str, Any]) -> None:
        """Keep the platform's answer to a chunk, receipt and all, and let its body go."""
        with self._map.transaction() as db:
            db.execute(
                "UPDATE chunk SET body = NULL, answer = ? WHERE job = ? AND no = ?",
                (json.dumps(answer), self._job, chunk.no),
            )

    def refuse(self, refused: Iterable[tuple[int, str]]) -> None:
        """Add refusals that the platform made."""
        with self._map.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", [(self._job, line, code) for line, code in refused]
            )

    def withdraw(self, chunk: Chunk) -> None:
        """Undo the last chunk, which the platform refused as a whole: it is read again from its first record."""
        with self._map.transaction() as db:
            db.execute("DELETE FROM chunk WHERE job = ? AND no = ?", (self._job, chunk.no))
            db.execute("UPDATE job SET next_row = ? WHERE id = ?", (chunk.first_row, self._job))
        self.next_row = chunk.first_row

    def chunks(self) -> list[Chunk]:
        """Every chunk so far, in order."""
        rows = self._map.query(
            "SELECT no, first_row, idempotency_key, lines, body, answer FROM chunk WHERE job = ? ORDER BY no",
            (self._job,),
        )
        return [
            Chunk(no, first, key, _unpack(lines), body and zlib.decompress(body), answer and json.loads(answer))
            for no, first, key, lines, body, answer in rows
        ]

    def refused(self) -> list[tuple[int, str]]:
        """(line, code) of every refused record, by line."""
        rows = self._map.query("SELECT line, code FROM refused WHERE job = ? ORDER BY line", (self._job,))
        return [(line, code) for line, code in rows]

    def finish(self) -> None:
        """Close: submitting the same file again is then a new submission."""
        with self._map.transaction() as db:
            db.execute("UPDATE job SET done = 1 WHERE id = ?", (self._job,))
            db.execute("DELETE FROM refused WHERE job = ?", (self._job,))


def _pack(lines: Sequence[int]) -> bytes:
    return zlib.compress(array("Q", lines).tobytes(), 1)


def _unpack(packed: bytes) -> Sequence[int]:
    return array("Q", zlib.decompress(packed))
