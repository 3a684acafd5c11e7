"""Matches: identifiers of this institution that an independent one reported too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named, pages
from aif_share.client.resources.feedback import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Own(Answer):
    """Which of this institution's clues met, and which of its identifiers, counted from 0."""

    client_ref: str
    identifier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Answer):
    """One term of a score and its points."""

    term: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Answer):
    """One match. `band` counts independent groups beside this one: `1`, `2-4`, `5+`, None in a small alliance."""

    match: str
    type: str
    released_at: datetime
    mine: tuple[Own, ...] = ()
    band: str | None = None
    sectors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    best_grade: str | None = None
    first_seen_month: str | None = None
    score: int | None = None
    terms: tuple[Term, ...] = ()
    my_feedback: Feedback | None = None


class Matches(Resource):
    """`client.matches`. Called, it gives every match as it came: what `raw_values` joins with a map."""

    def __call__(self) -> Iterator[dict[str, Any]]:
        """Every match of this institution as a dict, over all pages."""
        return pages(self._session, "matches")

    def list(self, *, limit: int | None = None) -> Iterator[Match]:
        """Every match of this institution, oldest first."""
        return self._pages(Match, "matches", limit=limit)

    def get(self, match: Match | str) -> Match:
        """One match. Raise NotFound once it is undone."""
        return Match.read(self._session.get(f"matches/{named('M', 'match', match)}"))
