"""Reads of rings for a party: its own clues in a ring, and of the others no more than of a match.

A clue is there once the tick of its batch and of its matches is past; a ring, once clues of another group are. For
everybody else, and before that, there is no such ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from clues.matching.queries import get_alliance
from clues.matching.score import Term
from clues.matching.visibility import Alliance
from members.models import reference
from members.permissions import Viewer

from .queries import RingNotFound
from .score import score

MOST_REFS = 1000


@dataclass(frozen=True, slots=True)
class PartyRing:
    """A ring as one party sees it. `mine` holds at most MOST_REFS references, `clues` counts all of its own.

    `score` is 0 to 100, the sum of the points of `terms`, which take nothing but what stands here.
    """

    id: int
    ring: str
    mine: list[str]
    band: str | None
    sectors: list[str]
    categories: list[str]
    best_grade: str
    clues: int
    types: list[str]
    first_seen_month: str
    last_seen_month: str
    score: int
    terms: list[Term]


# The statement is a function of the database (aif_party_rings): web itself reaches no clue of another institution.
_PAGE = "SELECT * FROM aif_party_rings(%(institution)s, %(group)s, %(most)s, %(limit)s, %(page)s, %(number)s)"


def list_party_rings(*, viewer: Viewer, after: int = 0, limit: int = 100) -> list[PartyRing]:
    """Return rings that hold active clues of the viewer's institution, oldest first, behind row number `after`."""
    return _list("after", after, viewer, limit)


def list_newest_rings(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[PartyRing]:
    """Return them newest first, for people, below row number `before`."""
    return _list("before", 2**62 if before is None else before, viewer, limit)


def list_rings_of(*, match: int, viewer: Viewer, limit: int = 5) -> list[PartyRing]:
    """Return the rings of the viewer's own clues that carry the identifier of a match, by its row number."""
    return _list("match", match, viewer, limit)


def get_party_ring(*, ring: str, viewer: Viewer) -> PartyRing:
    """Return one of them. Raise RingNotFound, for strangers too."""
    found = _list("one", reference.decode("R", ring) or 0, viewer, 1)
    if not found:
        raise RingNotFound
    return found[0]


def _list(page: str, number: int, viewer: Viewer, limit: int) -> list[PartyRing]:
    alliance = get_alliance()
    parameters: dict[str, int | str] = {
        "institution": viewer.institution_id,
        "group": viewer.group_id,
        "most": MOST_REFS,
        "limit": limit,
        "page": page,
        "number": number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, parameters)
        rows = cursor.fetchall()
    return [_view(row, viewer, alliance) for row in rows]


def _view(row: Any, viewer: Viewer, alliance: Alliance) -> PartyRing:
    number, mine, clues, groups, sectors, categories, best_grade, first_seen, last_seen, types, today = row
    band, month = alliance.band(groups), _month(last_seen)
    points, terms = score(band=band, best_grade=best_grade, types=types, last_seen_month=month, today=today)
    return PartyRing(
        id=number,
        ring=reference.encode("R", number),
        mine=mine,
        band=band,
        sectors=alliance.sectors(sectors or [], viewer=viewer.institution_id),
        categories=categories,
        best_grade=best_grade,
        clues=clues,
        types=types,
        first_seen_month=_month(first_seen),
        last_seen_month=month,
        score=points,
        terms=terms,
    )


def _month(at: datetime) -> str:
    return at.strftime("%Y-%m")
