"""Batches: submitting clues, following them, and the outcome of every row."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named
from aif_share.errors import NetworkError

NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Answer):
    """The acknowledgment of a batch: stored, not matched yet."""

    batch: str
    state: str
    clues: int
    rows_refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Answer):
    """Where a batch stands. `matched` counts once it is `released`."""

    batch: str
    state: str
    clues: int
    accepted: int
    duplicates: int
    refused: int
    quarantined: int = 0
    matched: int
    released: bool
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Answer):
    """Why a batch is, or was, held: rows of its day against a usual day; and what the alliance decided."""

    batch: str
    cause: str
    rows: int
    day_rows: int | None = None
    usual_rows: int | None = None
    held_at: datetime
    decision: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Answer):
    """The outcome of one row: accepted, duplicate, or refused or quarantined with a code."""

    row: int
    client_ref: str | None = None
    outcome: str
    code: str | None = None


class Batches(Resource):
    """`client.batches`."""

    def submit(self, clues: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None) -> Receipt:
        """Submit up to 10,000 clues with tokens, in the API's fields. Bad rows are refused alone."""
        return Receipt.read(
            self._session.write("POST", "batches", {"clues": list(clues)}, idempotency_key=idempotency_key)
        )

    def submit_stream(self, clues: Iterable[Mapping[str, Any]], *, idempotency_key: str | None = None) -> Receipt:
        """Submit up to 1,000,000 clues in one request, in constant memory; the clues are taken one by one.

        They pass through an unlinked temporary file of this machine, so that a repeated attempt sends the same bytes.
        """
        with tempfile.TemporaryFile() as file:
            for clue in clues:
                file.write(json.dumps(clue, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            return self.upload(file, content_type=NDJSON, idempotency_key=idempotency_key)

    def upload(self, file: IO[bytes], *, content_type: str = NDJSON, idempotency_key: str | None = None) -> Receipt:
        """Submit a file that already holds tokens: NDJSON, or CSV with `content_type="text/csv"`."""
        key = idempotency_key or uuid.uuid4().hex
        return Receipt.read(self._session.upload("batches", file, content_type=content_type, idempotency_key=key))

    def list(self, *, limit: int | None = None) -> Iterator[Batch]:
        """Every batch of this institution, newest first; `limit` is the size of a page."""
        return self._pages(Batch, "batches", limit=limit)

    def get(self, batch: Receipt | Batch | str) -> Batch:
        """One batch."""
        return Batch.read(self._session.get(f"batches/{named('B', 'batch', batch)}"))

    def hold(self, batch: Receipt | Batch | str) -> Hold:
        """Why the alliance holds, or held, one batch. Raise NotFound for one that was never held."""
        return Hold.read(self._session.get(f"batches/{named('B', 'batch', batch)}/hold"))

    def results(self, batch: Receipt | Batch | str, *, limit: int | None = None) -> Iterator[Row]:
        """The outcome of each row in order, page after page; rows still waiting to be matched are not in it."""
        return self._pages(Row, f"batches/{named('B', 'batch', batch)}/results", limit=limit)

    def stream_results(self, batch: Receipt | Batch | str) -> Iterator[Row]:
        """The outcome of each row in one streamed answer: for batches of many rows."""
        with self._session.lines(f"batches/{named('B', 'batch', batch)}/results", accept=NDJSON) as lines:
            for line in lines:
                if line.strip():
                    yield Row.read(_json(line))

    def results_csv(self, batch: Receipt | Batch | str) -> Iterator[str]:
        """The outcome of each row as lines of CSV, header first, streamed."""
        with self._session.lines(f"batches/{named('B', 'batch', batch)}/results", accept=CSV) as lines:
            yield from lines


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        raise NetworkError("a line of the results is not JSON; ask again") from None
