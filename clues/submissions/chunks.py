"""Checked rows on their way into a batch: cut into chunks, and kept outside of memory until they are stored.

A chunk holds stored keys, codes and numbers only. What does not fit in memory lies in a file without a name, which
the system takes back as soon as the process ends, however it ends.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

from .rows import RowContext, RowRefused, check

CHUNK_ROWS = 20_000
CHUNK_IDENTIFIERS = 60_000
"""Rows of many identifiers make shorter chunks: whoever works on one holds all of it in memory."""

IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True)
class Chunk:
    """One chunk as it is stored: rows in COPY form, references of the rows taken, and codes of those refused."""

    first_row: int
    rows: int
    clue_rows: str
    identifier_rows: str
    refs: bytes
    refusals: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a row of which nothing can be read; `code` says why."""

    code: str


class ChunkSpool:
    """Takes rows, checks each, and gives them back as chunks. Use it in a `with` block.

    `rows_read` and `rows_taken` count; `digest` is the SHA-256 of the rows as stored, chunk by chunk.
    """

    def __init__(self, context: RowContext) -> None:
        self.rows_read = self.rows_taken = 0
        self.digest = hashlib.sha256()
        self._context = context
        self._kept: list[tuple[int, int, list[int]]] = []
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR)

    def __enter__(self) -> ChunkSpool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._kept)

    def fill(self, values: Iterable[Any], *, most: int) -> None:
        """Take all rows. Raise Refusal: `too-large` for more than `most`, `unavailable` when there is no room."""
        context = self._context
        clues: list[str] = []
        identifiers: list[str] = []
        refs: list[tuple[int, str]] = []
        refusals: list[tuple[int, None, str]] = []
        first = row = 0
        for row, value in enumerate(values, start=1):
            if row > most:
                raise Refusal(
                    "too-large", gettext_noop("A batch has at most `limit` clues; make more batches."), limit=most
                )
            number = row - 1
            try:
                if type(value) is Unreadable:
                    raise RowRefused(value.code)
                checked = check(value, context)
            except RowRefused as refusal:
                refusals.append((number, None, refusal.code))
            else:
                refs.append((number, checked.client_ref))
                clues.append(f"{number}\t{checked.clue}\n")
                identifiers += [f"{number}\t{line}\n" for line in checked.identifiers]
            if row - first >= CHUNK_ROWS or len(identifiers) >= CHUNK_IDENTIFIERS:
                self._keep(first, clues, identifiers, refs, refusals)
                clues, identifiers, refs, refusals = [], [], [], []
                first = row
        if row > first:
            self._keep(first, clues, identifiers, refs, refusals)
        self.rows_read = row

    def _keep(
        self,
        first: int,
        clues: list[str],
        identifiers: list[str],
        refs: list[tuple[int, str]],
        refusals: list[tuple[int, None, str]],
    ) -> None:
        clue_rows, identifier_rows = "".join(clues).encode(), "".join(identifiers).encode()
        self.digest.update(clue_rows)
        self.digest.update(identifier_rows)
        self.rows_taken += len(refs)
        pieces = (clue_rows, identifier_rows, orjson.dumps(refs), orjson.dumps(refusals))
        try:
            for piece in pieces:
                self._file.write(piece)
        except OSError:
            raise Refusal("unavailable", "There is no room for this batch now. Send it again later.") from None
        self._kept.append((first, len(refs), [len(piece) for piece in pieces]))

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks in their order, one in memory at a time."""
        self._file.seek(0)
        for first, rows, sizes in self._kept:
            clue_rows, identifier_rows, refs, refusals = map(self._file.read, sizes)
            yield Chunk(first, rows, clue_rows.decode(), identifier_rows.decode(), refs, refusals.decode())
