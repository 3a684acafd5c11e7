"""Growing components anew out of the clues they had: what still belongs together stays, with its name and its history.

What is joined again here was together before, so it is no news and leaves no merger; a recorded merger stands as long as
the clues that came with it and those they came to are in one component.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .closure import close

MEMBERS = "SELECT DISTINCT component, clue_id FROM ring_edge WHERE component = ANY(%(components)s)"
EDGES = "SELECT clue_id, type, epoch, token::text, shade, weight FROM ring_edge WHERE clue_id = ANY(%(clues)s)"
LABEL = """
UPDATE ring_edge e SET component = n.label
FROM unnest(%(clues)s::bigint[], %(labels)s::bigint[]) AS n (clue_id, label)
WHERE e.clue_id = n.clue_id AND e.component <> n.label
"""
MERGERS = """
SELECT id, ring_id, clues FROM ring_merge WHERE component = %(component)s AND undone_at IS NULL ORDER BY id
"""
UNDO = "UPDATE ring_merge SET undone_at = %(now)s WHERE id = ANY(%(merges)s)"
KEEP = "UPDATE ring_merge SET component = %(component)s, clues = %(clues)s WHERE id = %(merge)s"
RING_AT = "SELECT id FROM ring WHERE component = %(component)s"
# A name that is not in use has a component that no clue has.
FREE = "UPDATE ring SET component = -id WHERE id = ANY(%(rings)s) OR component = ANY(%(labels)s)"
NAME = """
UPDATE ring SET component = n.label, state = CASE WHEN state = 'merged' THEN 'dissolved' ELSE state END
FROM unnest(%(rings)s::bigint[], %(labels)s::bigint[]) AS n (ring_id, label) WHERE ring.id = n.ring_id
"""

Former = dict[int, set[int]]
"""Component -> the clues that were in it before."""
Groups = Mapping[int, set[int]]
"""Component as it is called now -> its clues."""


@dataclass(frozen=True)
class Parted:
    """What a person decided about one component: the merger undone, who keeps the name, and whose name comes back."""

    merge: int
    keeps: frozenset[int]
    leaves: frozenset[int]


@dataclass
class _Claims:
    """Which ring wants to go on where: the clues it is about."""

    wanted: list[tuple[int, Collection[int]]] = field(default_factory=list)

    def place(self, groups: Groups, prefer: int) -> dict[int, int]:
        """Return ring -> component: each, in order, where most of its clues are and no other name stands yet."""
        found: dict[int, int] = {}
        for ring, clues in self.wanted:
            free = [label for label in groups if label not in found.values() and groups[label] & set(clues)]
            if free:
                found[ring] = max(free, key=lambda label: (len(groups[label] & set(clues)), label == prefer, -label))
        return found


def members_of(cursor: Any, components: Iterable[int]) -> Former:
    """Return the clues of the components."""
    former: Former = defaultdict(set)
    cursor.execute(MEMBERS, {"components": sorted(components)})
    for component, clue in cursor.fetchall():
        former[component].add(clue)
    return dict(former)


def held_by(cursor: Any, clues: Iterable[int]) -> dict[int, dict[Any, int]]:
    """Return clue -> the keys it holds with their weights; clues without an edge are left out."""
    cursor.execute(EDGES, {"clues": sorted(clues)})
    held: dict[int, dict[Any, int]] = defaultdict(dict)
    for clue, *key, weight in cursor.fetchall():
        held[clue][tuple(key)] = weight
    return dict(held)


def regrow(cursor: Any, former: Former, *, now: datetime, parted: Parted | None = None) -> set[int]:
    """Grow each of the components anew; return the components there were and are. `parted` speaks of the only one."""
    touched: set[int] = set(former)
    for component, clues in sorted(former.items()):
        groups = {component if component in group else min(group): group for group in close(held_by(cursor, clues))}
        names = [(clue, label) for label, group in groups.items() for clue in group]
        cursor.execute(LABEL, {"clues": [clue for clue, _ in names], "labels": [label for _, label in names]})
        claims = _settle_mergers(cursor, component, clues, groups, parted, now)
        _name(cursor, component, clues, groups, claims, parted)
        touched |= groups.keys()
    return touched


def _settle_mergers(
    cursor: Any, component: int, former: set[int], groups: Groups, parted: Parted | None, now: datetime
) -> list[tuple[int, Collection[int]]]:
    """Undo the mergers that do not stand any more; return the rings that went up in them, with their clues."""
    cursor.execute(MERGERS, {"component": component})
    undone: list[int] = []
    claims: list[tuple[int, Collection[int]]] = []
    for merge, ring, came in cursor.fetchall():
        there, elsewhere = _most(groups, came), _most(groups, former.difference(came))
        if parted is not None and parted.merge == merge:
            came, there = parted.leaves, None
        if there is None or there != elsewhere:
            undone.append(merge)
            if ring is not None:
                claims.append((ring, came))
            continue
        left = sorted(groups[there].intersection(came))
        if there != component or len(left) != len(came):
            cursor.execute(KEEP, {"component": there, "clues": left, "merge": merge})
    if undone:
        cursor.execute(UNDO, {"merges": undone, "now": now})
    return claims


def _name(
    cursor: Any,
    component: int,
    former: set[int],
    groups: Groups,
    claims: list[tuple[int, Collection[int]]],
    parted: Parted | None,
) -> None:
    """Let the ring of the component go on where most of it does, and rings that had gone up in it come back."""
    cursor.execute(RING_AT, {"component": component})
    row = cursor.fetchone()
    if row is None:
        return
    core: Collection[int] = former.difference(*(clues for _, clues in claims)) or former
    if parted is not None:
        core = parted.keeps
    places = _Claims([(row[0], core), *claims]).place(groups, component)
    if places.keys() - {row[0]} or places.get(row[0], component) != component:
        moves = {"rings": list(places), "labels": list(places.values())}
        cursor.execute(FREE, moves)
        cursor.execute(NAME, moves)


def _most(groups: Groups, clues: Collection[int]) -> int | None:
    """Return the component that holds most of the clues, None if none does."""
    mine = set(clues)
    best = max(groups, key=lambda label: (len(groups[label] & mine), -label), default=None)
    return best if best is not None and groups[best] & mine else None
