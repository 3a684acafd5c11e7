"""A ring as a picture for one party: its own clues, the identifiers in them, and which of those others reported as well.

Nothing stands for a clue or an institution of others, and no node holds a token: identifiers are numbered by how they
are met. Whoever has the map knows the raw values of its own; the platform never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from clues.rings.party import PartyRing
from members.models import reference
from members.permissions import Viewer

MOST_NODES = 500

# A function of the database (aif_party_graph): web itself reaches no clue of another institution.
GRAPH = "SELECT * FROM aif_party_graph(%(institution)s, %(group)s, %(ring)s, %(most)s)"


@dataclass(frozen=True, slots=True)
class ClueNode:
    """One of the viewer's own clues."""

    key: str
    clue: str
    client_ref: str
    category: str
    grade: str


@dataclass(frozen=True, slots=True)
class IdentifierNode:
    """An identifier of the viewer's own clues; `client_ref` and `position` find its raw value in the member's map.

    `weight` is 1 for a strong type and 2 for a very strong one. `match` is the viewer's own match, if others reported it.
    """

    key: str
    type: str
    weight: int
    shared: bool
    match: str | None
    client_ref: str
    position: int


@dataclass(frozen=True, slots=True)
class Link:
    """That a clue carries an identifier, in this role."""

    clue: str
    identifier: str
    role: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What a party may be drawn of a ring. `clues_left_out` did not fit; shared identifiers and their clues come first."""

    clues: tuple[ClueNode, ...]
    identifiers: tuple[IdentifierNode, ...]
    links: tuple[Link, ...]
    clues_left_out: int


def get_graph(*, ring: PartyRing, viewer: Viewer, most: int = MOST_NODES) -> Graph:
    """Return the picture of a ring that the viewer is party of, of `most` nodes at most."""
    with connection.cursor() as cursor:
        cursor.execute(
            GRAPH,
            {"ring": ring.id, "institution": viewer.institution_id, "group": viewer.group_id, "most": most},
        )
        rows = cursor.fetchall()
    clues: dict[int, ClueNode] = {}
    identifiers: dict[int, IdentifierNode] = {}
    links: list[Link] = []
    for row in rows:
        _add(row, clues, identifiers, links, most)
    return Graph(tuple(clues.values()), tuple(identifiers.values()), tuple(links), ring.clues - len(clues))


def _add(
    row: tuple[Any, ...],
    clues: dict[int, ClueNode],
    identifiers: dict[int, IdentifierNode],
    links: list[Link],
    most: int,
) -> None:
    number, client_ref, category, grade, kind, no, weight, position, role, shared, match_id = row
    if len(clues) + len(identifiers) + (number not in clues) + (no not in identifiers) > most:
        return
    if number not in clues:
        clues[number] = ClueNode(f"c{len(clues) + 1}", reference.encode("C", number), client_ref, category, grade)
    if no not in identifiers:
        match = reference.encode("M", match_id) if shared and match_id is not None else None
        identifiers[no] = IdentifierNode(f"i{len(identifiers) + 1}", kind, weight, shared, match, client_ref, position)
    links.append(Link(clues[number].key, identifiers[no].key, role))
