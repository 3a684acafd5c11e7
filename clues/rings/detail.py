"""What the page of a ring adds for one party: how its own clues came, the stages they stand for, and what joins them.

All of it is the party's own: of the others nothing beyond what `party` and `graph` show.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from clues.rings.graph import Graph, IdentifierNode
from clues.rings.party import PartyRing
from clues.rings.stages import stages_of
from clues.rings.visible import TOLD
from members.permissions import Viewer

MOST_WEEKS, MOST_LINKS = 26, 100
_MINE = f"""
mine AS MATERIALIZED (
    SELECT DISTINCT c.id, c.received_at FROM ring r JOIN ring_edge e ON e.component = r.component
    JOIN clue c ON c.id = e.clue_id AND c.institution_id = %(institution)s AND {TOLD}
    WHERE r.id = %(ring)s
)
"""  # noqa: S608 - put together from literals
WEEKS = f"""
WITH {_MINE}
SELECT date_trunc('week', received_at AT TIME ZONE %(zone)s)::date AS week, count(*) FROM mine
GROUP BY week ORDER BY week DESC LIMIT %(most)s
"""  # noqa: S608 - put together from literals
ROLES = f"""
WITH {_MINE}
SELECT DISTINCT s.role FROM mine JOIN sighting s ON s.clue_id = mine.id AND s.institution_id = %(institution)s AND s.counted
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """How many of the viewer's clues came in the week from this Monday on, China time."""

    week: date
    clues: int


@dataclass(frozen=True, slots=True)
class Detail:
    """Weeks with own clues, newest first; the stages that own identifiers' roles stand for; own identifiers that join."""

    weeks: tuple[OwnWeek, ...]
    stages: tuple[str, ...]
    links: tuple[IdentifierNode, ...]


def get_detail(*, ring: PartyRing, graph: Graph, viewer: Viewer) -> Detail:
    """Return what there is to add about a ring that the viewer is party of, and its picture."""
    names = {
        "ring": ring.id,
        "institution": viewer.institution_id,
        "zone": settings.TIME_ZONE,
        "most": MOST_WEEKS,
    }
    shared = (each for each in graph.identifiers if each.shared)
    return Detail(
        weeks=tuple(OwnWeek(*row) for row in _ask(WEEKS, names)),
        stages=tuple(stages_of(role for (role,) in _ask(ROLES, names))),
        links=tuple(shared)[:MOST_LINKS],
    )


def _ask(statement: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return list(cursor.fetchall())
