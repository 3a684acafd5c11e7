"""Rings as a party sees them: own clues that shared identifiers join with those of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named
from aif_share.client.resources.matches import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Week(Answer):
    """How many own clues came in the week from this Monday on."""

    week: str
    clues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Answer):
    """An own identifier that others in the ring reported as well: which of a clue's, and how strongly it joins."""

    client_ref: str
    identifier: int
    type: str
    strength: str
    match: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring(Answer):
    """One ring. `mine` lists own client_refs, up to 1,000; `clues` counts all of them; `types` are what joins.

    `weeks`, `stages` and `links` come with one ring alone, not with the list.
    """

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
    score: int | None = None
    terms: tuple[Term, ...] = ()
    weeks: tuple[Week, ...] = ()
    stages: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


class Rings(Resource):
    """`client.rings`."""

    def list(self, *, limit: int | None = None) -> Iterator[Ring]:
        """Every ring this institution is part of."""
        return self._pages(Ring, "rings", limit=limit)

    def get(self, ring: Ring | str) -> Ring:
        """One ring."""
        return Ring.read(self._session.get(f"rings/{named('R', 'ring', ring)}"))
