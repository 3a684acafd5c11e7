"""Reporting own clues again in another key epoch, from the values in the member's map.

What the platform already has in that epoch is left out, so a run that was broken off goes on where it stopped, and one
more run sends nothing. Tokens made before are in the map, and a body that got no answer goes out again under its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aif_share.client.journal import Chunk, Journal
from aif_share.client.map import Map
from aif_share.client.records import Identifier, clue_bytes
from aif_share.client.resources.clues import Clue
from aif_share.errors import AifShareError, InvalidInput, QuotaError, RefusedError
from aif_share.identifiers import normalize
from aif_share.wire.limits import MAX_CLUES

if TYPE_CHECKING:
    from aif_share.client.api import Client

_FIELDS: Final = (
    "client_ref", "category", "grade", "level", "channel", "region", "amount_cny", "crime_indicator",
    "consumer_contacted", "tlp", "evidence_sha256", "basis",
)  # fmt: skip
PAGE: Final = 1_000


@dataclass(slots=True)
class Resubmitted:
    """What became of a run: active clues looked at, those already `there`, those sent, and the batches that took them.

    `unknown` are the client_refs of clues whose values the map does not hold, or may hold as they were before a correction. `added` and
    `refused` are what the platform said of the rows sent.
    """

    epoch: int
    clues: int = 0
    there: int = 0
    sent: int = 0
    added: int = 0
    refused: int = 0
    unknown: list[str] = field(default_factory=list, repr=False)
    batches: list[str] = field(default_factory=list)


class Resubmission:
    """One member's clues on their way into `epoch`. `run` may be broken off and run again by a new object."""

    def __init__(
        self,
        client: Client,
        map: Map,
        *,
        epoch: int,
        chunk: int = MAX_CLUES,
        on_progress: Callable[[Resubmitted], None] | None = None,
    ) -> None:
        """Raise InvalidInput if the directory has no key in force in that epoch."""
        now = datetime.now(UTC)
        entries = [each for each in client.directory().entries if each.epoch == epoch]
        if not any(each.is_valid_at(now) for each in entries):
            opens = min((each.not_before for each in entries), default=None)
            said = "does not name it" if opens is None or opens <= now else f"opens it on {opens:%Y-%m-%d %H:%M} UTC"
            raise InvalidInput(f"key epoch {epoch} is not in force: the directory {said}")
        self._client = client
        self._map = map
        self._epoch = epoch
        self._types = {each.type for each in entries if each.is_valid_at(now)}
        self._chunk = min(max(1, chunk), MAX_CLUES)
        self._on_progress = on_progress
        self.journal = Journal(map, hashlib.sha256(f"resubmit|{client.url}|{epoch}".encode()).hexdigest())

    def run(self, *, timeout: float | None = None) -> Resubmitted:
        """Send what the epoch lacks, and wait until it is taken in. Raise what the first failure raises."""
        found = Resubmitted(self._epoch)
        for chunk in self.journal.chunks():
            if chunk.body is not None:
                self._send(chunk)
        # What was sent before shows in the list once it is taken in.
        self._client.wait([str((chunk.answer or {})["batch"]) for chunk in self.journal.chunks()], timeout=timeout)
        tokenizer = self._client.tokenizer(self._map, epoch=self._epoch)
        try:
            tokenizer.repeat_unfinished()
            for part in self._parts(found):
                self._write(tokenizer, part)
                found.sent += len(part)
                self._report(found)
        finally:
            tokenizer.close()
        found.batches = [str((chunk.answer or {})["batch"]) for chunk in self.journal.chunks()]
        finals = self._client.wait(found.batches, timeout=timeout)
        found.added = sum(int(final["accepted"]) for final in finals)
        found.refused = sum(int(final["refused"]) for final in finals)
        return found

    def _parts(self, found: Resubmitted) -> Iterator[list[tuple[Clue, list[Identifier]]]]:
        part: list[tuple[Clue, list[Identifier]]] = []
        for clue in self._client.clues.list(state="active", limit=PAGE):
            found.clues += 1
            if found.clues % PAGE == 0:
                self._report(found)
            if all(self._epoch in each.epochs for each in clue.identifiers):
                found.there += 1
                continue
            identifiers = self._identifiers(clue)
            if identifiers is None:
                found.unknown.append(clue.client_ref)
                continue
            part.append((clue, identifiers))
            if len(part) == self._chunk:
                yield part
                part = []
        if part:
            yield part

    def _identifiers(self, clue: Clue) -> list[Identifier] | None:
        """The identifiers of a clue as the map knows them, place by place; None if it does not know them all.

        The map keeps what was first submitted: a corrected clue may stand for another value by now.
        """
        if clue.version > 1 and any(step.change == "corrected" for step in self._client.clues.history(clue)):
            return None
        raws = self._map.raw_by_position(clue.client_ref)
        made = []
        for place, each in enumerate(clue.identifiers):
            if place not in raws or each.type not in self._types:
                return None
            try:
                canonical = normalize(each.type, raws[place])
            except AifShareError:
                return None
            made.append(Identifier(each.type, canonical, raws[place], each.role))
        return made

    def _write(self, tokenizer: Any, part: list[tuple[Clue, list[Identifier]]]) -> None:
        by_type: dict[str, list[str]] = {}
        for _, identifiers in part:
            for each in identifiers:
                by_type.setdefault(each.type, []).append(each.canonical)
        pending = [tokenizer.start(type, canonicals) for type, canonicals in by_type.items()]
        tokens: dict[tuple[str, str], bytes] = {}
        for each in pending:
            tokens.update({(each.type, canonical): token for canonical, token in each.result().items()})
            tokenizer.forget(each)
        epochs = dict.fromkeys(by_type, self._epoch)
        written = self.journal.write(
            first_row=0,
            next_row=0,
            refused=(),
            clues=[clue_bytes(fields_of(clue), identifiers, epochs, tokens) for clue, identifiers in part],
            lines=range(len(part)),
            submitted=(),
        )
        if written is not None:
            self._send(written)

    def _send(self, chunk: Chunk) -> None:
        try:
            answer = self._client.post_batch(chunk.body or b"", idempotency_key=chunk.idempotency_key)
        except (QuotaError, RefusedError) as error:
            if error.status < 500:
                self.journal.withdraw(chunk)  # refused as a whole, hence not stored; the tokens are kept
            raise
        self.journal.answered(chunk, answer)

    def _report(self, found: Resubmitted) -> None:
        if self._on_progress is not None:
            self._on_progress(found)


def fields_of(clue: Clue) -> dict[str, Any]:
    """The fields of a clue as it stands, as a row of a batch gives them."""
    fields: dict[str, Any] = {name: value for name in _FIELDS if (value := getattr(clue, name)) is not None}
    if clue.observed_at is not None:
        fields["observed_at"] = clue.observed_at.isoformat()
    if clue.indicators:
        fields["indicators"] = list(clue.indicators)
    return fields
