"""Submitting one file: read, normalize, tokenize, write down, send, in overlapping steps and bounded memory.

While one chunk is sent, the custodians already work on the next ones. At most `AHEAD` chunks are in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aif_share.client.fields import RowRefused
from aif_share.client.journal import Chunk, Journal
from aif_share.client.map import Map
from aif_share.client.records import Defaults, Draft, Drafter, clue_bytes
from aif_share.client.source import Source, Survey
from aif_share.client.tokenize import Pending, Tokenizer
from aif_share.errors import QuotaError, RefusedError
from aif_share.wire.limits import MAX_BODY, MAX_CLUES

if TYPE_CHECKING:
    from aif_share.client.api import Client

AHEAD: Final = 3
BODY: Final = MAX_BODY - 64 * 1024
"""Bytes of a chunk's clues; the rest is for what stands around them."""
WEIGHT: Final = 16 * 1024 * 1024
"""Bytes of a chunk's raw and canonical values: what bounds memory when values are long."""
REFUSALS: Final = 10_000
"""Refused records after which a chunk ends as well: they too have to be written down."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a submission stands: bytes read of `size`, records read, records refused here, clues sent, batches."""

    read: int
    size: int
    records: int
    refused: int
    sent: int
    batches: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. The last four are None until its batches were waited for.

    `refused` counts records refused at either side. `states` counts batches by how they ended: released, held, rejected (the
    alliance did not let them go), or refused (none of their rows was taken).
    """

    batches: list[str]
    clues: int
    refused_here: int
    refused_there: int
    resumed: bool
    suggestions: Mapping[tuple[str, str], int]
    accepted: int | None = None
    duplicates: int | None = None
    refused: int | None = None
    matched: int | None = None
    states: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Chunk:
    """A chunk being made: what was read, and the tokens on their way."""

    first_row: int
    next_row: int = 0
    offset: int = 0
    drafts: list[Draft] = field(default_factory=list, repr=False)
    refused: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0
    weight: int = 0
    tokens: list[Pending] = field(default_factory=list, repr=False)


class Submission:
    """One file on its way to the platform. `run` may be broken off at any moment and run again by a new object."""

    def __init__(
        self,
        client: Client,
        map: Map,
        source: Source,
        defaults: Defaults,
        *,
        chunk: int = MAX_CLUES,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._client = client
        self._map = map
        self._source = source
        self._defaults = defaults
        self._chunk_clues = min(max(1, chunk), MAX_CLUES)
        self._on_progress = on_progress
        self._survey: Survey = source.survey()
        self.encoding = self._survey.encoding
        self.journal = Journal(map, self._fingerprint())
        self._suggestions: Counter[tuple[str, str]] = Counter()
        self._sent = self._batches = self._refused = self._records = 0

    def run(self) -> Outcome:
        """Send everything that is not sent yet. Raise what the first failure raises; run again to go on."""
        before = self.journal.chunks()
        self._refused = len(self.journal.refused())
        for chunk in before:
            if chunk.body is None:
                self._count(chunk)
            else:
                self._send(chunk)
        tokenizer = self._client.tokenizer(self._map)
        try:
            tokenizer.repeat_unfinished()
            ahead: deque[_Chunk] = deque()
            for made in self._read():
                self._tokenize(tokenizer, made)
                ahead.append(made)
                if len(ahead) >= AHEAD:
                    self._complete(tokenizer, ahead.popleft())
            while ahead:
                self._complete(tokenizer, ahead.popleft())
        finally:
            tokenizer.close()
        return self._outcome()

    def wait(self, outcome: Outcome, *, timeout: float | None = None) -> Outcome:
        """Wait until all batches are released, held or rejected; add their counts, and refusals to the journal."""
        finals = self._client.wait(outcome.batches, timeout=timeout)
        for chunk, final in zip(self.journal.chunks(), finals, strict=True):
            if final["refused"]:
                results = self._client.batch_results(final["batch"])
                self.journal.refuse(
                    (chunk.lines[row["row"]], str(row["code"])) for row in results if row["outcome"] == "refused"
                )
        totals = {name: sum(int(final[name]) for final in finals) for name in _COUNTS}
        totals["refused"] += outcome.refused_here
        states = Counter(_end_of(final) for final in finals)
        return Outcome(
            outcome.batches,
            outcome.clues,
            outcome.refused_here,
            outcome.refused_there,
            outcome.resumed,
            outcome.suggestions,
            **totals,
            states=states,
        )

    def _fingerprint(self) -> str:
        """The same file with the same options at the same platform: what makes a resumed submission."""
        parts = [
            self._client.url,
            self._survey.digest,
            self._source.format,
            self._defaults.type,
            self._defaults.role,
            json.dumps(dict(self._defaults.fields), sort_keys=True),
            str(self._defaults.zone),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _read(self) -> Iterator[_Chunk]:
        """Chunks of records from where the journal stands, normalized and checked, without tokens."""
        drafter = Drafter(self._defaults, self._map)
        start = self.journal.next_row
        made = _Chunk(start)
        for line in self._source.lines(self._survey.encoding):
            self._records = line.row + 1
            if line.row < start:
                continue
            try:
                draft = drafter.draft(line)
            except RowRefused as refusal:
                made.refused.append((line.number, refusal.code))
                if refusal.suggested_type:
                    self._suggestions[refusal.code, refusal.suggested_type] += 1
            else:
                if made.drafts and (made.size + draft.size > BODY or made.weight + draft.weight > WEIGHT):
                    yield made
                    made = _Chunk(line.row)
                made.drafts.append(draft)
                made.size += draft.size
                made.weight += draft.weight
            made.next_row, made.offset = line.row + 1, line.offset
            if len(made.drafts) >= self._chunk_clues or len(made.refused) >= REFUSALS:
                yield made
                made = _Chunk(line.row + 1)
            elif line.row % 1000 == 0:
                self._report(line.offset)
        if made.next_row:
            yield made

    def _tokenize(self, tokenizer: Tokenizer, made: _Chunk) -> None:
        by_type: dict[str, list[str]] = {}
        for draft in made.drafts:
            for each in draft.identifiers:
                by_type.setdefault(each.type, []).append(each.canonical)
        made.tokens = [tokenizer.start(type, canonicals) for type, canonicals in by_type.items()]

    def _complete(self, tokenizer: Tokenizer, made: _Chunk) -> None:
        """Wait for a chunk's tokens, write it down, send it."""
        epochs: dict[str, int] = {}
        tokens: dict[tuple[str, str], bytes] = {}
        for pending in made.tokens:
            epochs[pending.type] = pending.epoch
            tokens.update({(pending.type, canonical): token for canonical, token in pending.result().items()})
            tokenizer.forget(pending)
        written = self.journal.write(
            first_row=made.first_row,
            next_row=made.next_row,
            refused=made.refused,
            clues=[clue_bytes(draft.fields, draft.identifiers, epochs, tokens) for draft in made.drafts],
            lines=[draft.line for draft in made.drafts],
            submitted=(each for draft in made.drafts for each in draft.submitted),
        )
        self._refused += len(made.refused)
        if written is not None:
            self._send(written)
        self._report(made.offset)

    def _send(self, chunk: Chunk) -> None:
        body = chunk.body
        if body is None:
            raise ValueError("the chunk was sent already")
        try:
            answer = self._client.post_batch(body, idempotency_key=chunk.idempotency_key)
        except (QuotaError, RefusedError) as error:
            if error.status < 500:
                # Refused as a whole, hence not stored: it may be cut differently the next time. Tokens are kept.
                self.journal.withdraw(chunk)
            raise
        self.journal.answered(chunk, answer)
        self._count(chunk)

    def _count(self, chunk: Chunk) -> None:
        self._sent += len(chunk.lines)
        self._batches += 1

    def _report(self, offset: int) -> None:
        if self._on_progress is not None:
            self._on_progress(
                Progress(offset, self._survey.size, self._records, self._refused, self._sent, self._batches)
            )

    def _outcome(self) -> Outcome:
        answers: list[dict[str, Any]] = [chunk.answer or {} for chunk in self.journal.chunks()]
        return Outcome(
            batches=[str(answer["batch"]) for answer in answers],
            clues=sum(int(answer["clues"]) for answer in answers),
            refused_here=len(self.journal.refused()),
            refused_there=sum(int(answer["rows_refused"]) for answer in answers),
            resumed=self.journal.resumed,
            suggestions=dict(self._suggestions),
        )


_COUNTS: Final = ("accepted", "duplicates", "refused", "matched")


def _end_of(batch: Mapping[str, Any]) -> str:
    """How a batch ended. The platform calls one rejected as well when none of its rows was taken."""
    if batch["state"] == "rejected":
        return "rejected" if batch["clues"] else "refused"
    return "released" if batch["released"] else str(batch["state"])
