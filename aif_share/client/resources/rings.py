"""Rings as a party sees them: own clues that shared identifiers join with those of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Answer):
    """One ring. `mine` lists own client_refs, up to 1,000; `clues` counts all of them; `types` are what joins."""

    ring: str
    mine: tuple[str, ...] = ()
    band: str | None = None
    sectors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    best_grade: str | None = None
    clues: int = 0
    types: tuple[str, ...] = ()
    first_seen_month: str | None = None
    last_seen_month: str | None = None


class Rings(Resource):
    """`client.rings`."""

    def list(self, *, limit: int | None = None) -> Iterator[Ring]:
        """Every ring this institution is part of."""
        return self._pages(Ring, "rings", limit=limit)

    def get(self, ring: Ring | str) -> Ring:
        """One ring."""
        return Ring.read(self._session.get(f"rings/{named('R', 'ring', ring)}"))
