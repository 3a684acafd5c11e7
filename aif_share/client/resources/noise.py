"""Noise lists: identifiers that many report and that say nothing, such as an institution's own numbers."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    state: str | None = None


class Noise(Resource):
    """`client.noise`."""

    def add(
        self, list: str, tokens: Sequence[Token], *, idempotency_key: str | None = None
    ) -> builtins.dict[str, object]:
        """Propose 1 to 1,000 tokens for a list (`own-number`, `own-domain`); the answer as it came."""
        body = {"list": list, "entries": [each.identifier() for each in tokens]}
        return dict(self._session.write("POST", "noise", body, idempotency_key=idempotency_key))

    def list(self, *, list: str | None = None, limit: int | None = None) -> Iterator[NoiseEntry]:
        """Own entries."""
        return self._pages(NoiseEntry, "noise", list=list, limit=limit)

    def remove(self, entry: NoiseEntry | str, *, idempotency_key: str | None = None) -> NoiseEntry:
        """Take an own entry off its list."""
        path = f"noise/{named('Q', 'entry', entry)}/remove"
        return NoiseEntry.read(self._session.write("POST", path, {}, idempotency_key=idempotency_key))
