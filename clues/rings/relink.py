"""Taking components apart: what changed of a clue makes its edges anew, and its component is built again from nothing.

A clue's edges are the linking identifiers that count in it, if they weigh enough together. When they change, only the
component the clue is in can fall apart, so this one is taken back to single clues and handed to the closure, which
joins what still belongs together. The outcome is that of a closure over the clues that count now: order does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aif_share.identifiers import types

TAKE = """
DELETE FROM ring_relink WHERE id IN (SELECT id FROM ring_relink ORDER BY id LIMIT %s) RETURNING clue_id
"""
COMPONENTS = "SELECT DISTINCT component FROM ring_edge WHERE clue_id = ANY(%(clues)s)"
TAKE_APART = """
UPDATE ring_edge e SET component = e.clue_id, pending = true
FROM (SELECT clue_id, type, epoch, token, component FROM ring_edge WHERE component = ANY(%(components)s)) former
WHERE e.clue_id = former.clue_id AND e.type = former.type AND e.epoch = former.epoch AND e.token = former.token
RETURNING e.clue_id, former.component
"""
# As matching makes them (LINK in matching/sql.py), from what counts now.
DUE = """
    SELECT clue_id, type, epoch, token, link FROM (
        SELECT s.clue_id, s.type, s.epoch, s.token, w.link, sum(w.link) OVER (PARTITION BY s.clue_id) AS total
        FROM sighting s JOIN unnest(%(types)s::text[], %(links)s::smallint[]) AS w (type, link) ON w.type = s.type
        WHERE s.clue_id = ANY(%(clues)s) AND s.counted AND w.link > 0
    ) linked WHERE total >= 2
"""
DROP_EDGES = f"""
WITH due AS ({DUE})
DELETE FROM ring_edge e WHERE e.clue_id = ANY(%(clues)s) AND NOT EXISTS (
    SELECT 1 FROM due d WHERE d.clue_id = e.clue_id AND d.type = e.type AND d.epoch = e.epoch AND d.token = e.token)
"""  # noqa: S608 - put together from literals
ADD_EDGES = f"""
WITH due AS ({DUE})
INSERT INTO ring_edge (clue_id, type, epoch, token, weight, component, pending)
SELECT clue_id, type, epoch, token, link, clue_id, true FROM due ORDER BY clue_id, type, epoch, token
ON CONFLICT (clue_id, type, epoch, token) DO NOTHING
"""  # noqa: S608 - put together from literals
UNDO_MERGES = """
WITH RECURSIVE part (component) AS (
    SELECT unnest(%(components)s::bigint[])
    UNION
    SELECT m.absorbed FROM ring_merge m JOIN part p ON m.survivor = p.component WHERE m.undone_at IS NULL
)
UPDATE ring_merge SET undone_at = %(now)s WHERE undone_at IS NULL AND survivor IN (SELECT component FROM part)
"""
RINGS = "SELECT component FROM ring WHERE component = ANY(%(components)s) AND state = 'open' ORDER BY component"
WHERE_NOW = "SELECT DISTINCT clue_id, component FROM ring_edge WHERE clue_id = ANY(%(clues)s)"
TAKEN = "SELECT component FROM ring WHERE component = ANY(%(components)s)"
FOLLOW = "UPDATE ring SET component = %(now_in)s WHERE component = %(was_in)s"
DISSOLVE = """
UPDATE ring SET state = 'dissolved', updated_at = %(now)s
WHERE state = 'open' AND component = ANY(%(components)s) AND component <> ALL(%(kept)s)
"""

Former = dict[int, set[int]]
"""Component -> the clues that were in it before it was taken apart."""


def take_apart(cursor: Any, *, limit: int, now: datetime) -> tuple[int, Former]:
    """Make the edges of up to `limit` changed clues anew; return how many clues, and the components taken apart."""
    cursor.execute(TAKE, [limit])
    clues = sorted({clue for (clue,) in cursor.fetchall()})
    if not clues:
        return 0, {}
    kinds = types()
    names: dict[str, Any] = {
        "clues": clues,
        "now": now,
        "types": list(kinds),
        "links": [kind.link for kind in kinds.values()],
    }
    cursor.execute(COMPONENTS, names)
    names["components"] = [component for (component,) in cursor.fetchall()]
    former: Former = defaultdict(set)
    cursor.execute(TAKE_APART, names)
    for clue, component in cursor.fetchall():
        former[component].add(clue)
    for statement in (UNDO_MERGES, DROP_EDGES, ADD_EDGES):
        cursor.execute(statement, names)
    return len(clues), former


def keep_names(cursor: Any, former: Former) -> None:
    """Let each ring that people know go with the largest part of it that has no ring of its own."""
    cursor.execute(RINGS, {"components": sorted(former)})
    for (component,) in cursor.fetchall():
        cursor.execute(WHERE_NOW, {"clues": sorted(former[component])})
        parts: dict[int, int] = defaultdict(int)
        for _clue, part in cursor.fetchall():
            parts[part] += 1
        cursor.execute(TAKEN, {"components": list(parts)})
        taken = {part for (part,) in cursor.fetchall()}
        free = [part for part in parts if part not in taken]
        if component not in parts and free:
            largest = max(free, key=lambda part: (parts[part], -part))
            cursor.execute(FOLLOW, {"now_in": largest, "was_in": component})


def dissolve(cursor: Any, *, components: Iterable[int], kept: Iterable[int], now: datetime) -> None:
    """Close the rings of components that were looked at and are none any more."""
    cursor.execute(DISSOLVE, {"components": sorted(components), "kept": sorted(kept), "now": now})
