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
from .visible import TOLD

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


_CLUES = f"""
SELECT 1 FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND {TOLD}
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE e.component = r.component
"""  # noqa: S608 - put together from literals
# As with matches, the page holds only what will be shown.
_PAGE = f"""
WITH page AS MATERIALIZED (
    SELECT r.id, r.component FROM ring r
    WHERE r.state = 'open' AND %(institution)s = ANY(r.institutions) AND {{where}}
        AND EXISTS ({_CLUES} AND c.institution_id = %(institution)s)
        AND EXISTS ({_CLUES} AND i.group_id <> %(group)s)
    ORDER BY r.id {{direction}} LIMIT %(limit)s
), seen AS MATERIALIZED (
    SELECT DISTINCT page.id AS ring_id, c.id, c.institution_id, i.group_id, i.sector, c.client_ref, c.category,
        c.grade, c.received_at
    FROM page JOIN ring_edge e ON e.component = page.component JOIN clue c ON c.id = e.clue_id AND {TOLD}
    JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
)
SELECT ring_id,
    (array_agg(client_ref::text ORDER BY id) FILTER (WHERE institution_id = %(institution)s))[:%(most)s],
    count(*) FILTER (WHERE institution_id = %(institution)s),
    count(DISTINCT group_id) FILTER (WHERE group_id <> %(group)s),
    array_agg(DISTINCT sector::text) FILTER (WHERE institution_id <> %(institution)s),
    array_agg(DISTINCT category::text), min(grade), min(received_at), max(received_at),
    ARRAY(SELECT DISTINCT shared.type::text FROM (
        SELECT e.type, e.epoch, e.token FROM seen mine JOIN ring_edge e ON e.clue_id = mine.id
        WHERE mine.ring_id = seen.ring_id AND mine.institution_id = %(institution)s
        INTERSECT
        SELECT e.type, e.epoch, e.token FROM seen other JOIN ring_edge e ON e.clue_id = other.id
        WHERE other.ring_id = seen.ring_id AND other.group_id <> %(group)s) shared ORDER BY 1),
    (clock_timestamp() AT TIME ZONE 'UTC')::date
FROM seen GROUP BY ring_id ORDER BY ring_id {{direction}}
"""  # noqa: S608
LIST = _PAGE.format(where="r.id > %(after)s", direction="")
NEWEST = _PAGE.format(where="r.id < %(before)s", direction="DESC")
ONE = _PAGE.format(where="r.id = %(ring)s", direction="")
OF_MATCH = _PAGE.format(
    where="""r.component IN (
        SELECT e.component FROM match m JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token
            AND s.institution_id = %(institution)s AND s.counted
        JOIN ring_edge e ON e.clue_id = s.clue_id WHERE m.id = %(match)s)""",
    direction="",
)


def list_party_rings(*, viewer: Viewer, after: int = 0, limit: int = 100) -> list[PartyRing]:
    """Return rings that hold active clues of the viewer's institution, oldest first, behind row number `after`."""
    return _list(LIST, viewer, after=after, limit=limit)


def list_newest_rings(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[PartyRing]:
    """Return them newest first, for people, below row number `before`."""
    return _list(NEWEST, viewer, before=2**62 if before is None else before, limit=limit)


def list_rings_of(*, match: int, viewer: Viewer, limit: int = 5) -> list[PartyRing]:
    """Return the rings of the viewer's own clues that carry the identifier of a match, by its row number."""
    return _list(OF_MATCH, viewer, match=match, limit=limit)


def get_party_ring(*, ring: str, viewer: Viewer) -> PartyRing:
    """Return one of them. Raise RingNotFound, for strangers too."""
    found = _list(ONE, viewer, ring=reference.decode("R", ring) or 0, limit=1)
    if not found:
        raise RingNotFound
    return found[0]


def _list(statement: str, viewer: Viewer, **names: Any) -> list[PartyRing]:
    alliance = get_alliance()
    parameters = {"institution": viewer.institution_id, "group": viewer.group_id, "most": MOST_REFS, **names}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
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
