"""Noise lists: identifiers that many report and that say nothing, such as an institution's own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named
from aif_share.client.tokenize import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseEntry(Answer):
    """One entry. It acts once the alliance approved it. `mode`: block or inform."""

    entry: str
    list: str | None = None
    mode: str | None = None
    type: str | None = None
    epoch: int | None = None
    state: str | None = None
    proposed_at: datetime | None = None
    decided_at: datetime | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Answer):
    """The entry made of a token, by its index in the request; `in-force` already if it stood there."""

    index: int
    entry: str
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Answer):
    """What `add` answers."""

    entries: tuple[Proposed, ...]


class Noise(Resource):
    """`client.noise`."""

    def add(self, list: str, tokens: Sequence[Token], *, idempotency_key: str | None = None) -> Proposal:
        """Propose 1 to 1,000 tokens for a list (`own-number`, `own-domain`); each charges one row of the submit quota."""
        body = {"list": list, "entries": [each.identifier() for each in tokens]}
        return Proposal.read(self._session.write("POST", "noise", body, idempotency_key=idempotency_key))

    def list(self, *, list: str | None = None, limit: int | None = None) -> Iterator[NoiseEntry]:
        """Own entries."""
        return self._pages(NoiseEntry, "noise", list=list, limit=limit)

    def remove(self, entry: NoiseEntry | str, *, idempotency_key: str | None = None) -> NoiseEntry:
        """Take an own entry off its list."""
        path = f"noise/{named('Q', 'entry', entry)}/remove"
        return NoiseEntry.read(self._session.write("POST", path, {}, idempotency_key=idempotency_key))
