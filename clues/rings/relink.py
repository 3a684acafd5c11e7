"""What changed of a clue makes its edges anew, and the component it was in is grown again (`regrow`).

A clue's edges are the linking identifiers that count in it, if they weigh enough together. When they change, only the
component the clue is in can fall apart. The outcome is that of a closure over the clues that count now: order does not
matter.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aif_share.identifiers import types

from . import regrow, shades

TAKE = """
DELETE FROM ring_relink WHERE id IN (SELECT id FROM ring_relink ORDER BY id LIMIT %s) RETURNING clue_id
"""
COMPONENTS = "SELECT DISTINCT component FROM ring_edge WHERE clue_id = ANY(%(clues)s)"
# As matching makes them (LINK in matching/sql.py), from what counts now. An identifier that stands in two key epochs
# weighs once: else one weak identifier would link a clue all by itself.
DUE = """
    SELECT clue_id, type, epoch, token, link FROM (
        SELECT *, sum(link) FILTER (WHERE nth = 1) OVER (PARTITION BY clue_id) AS total FROM (
            SELECT s.clue_id, s.type, s.epoch, s.token, w.link,
                row_number() OVER (PARTITION BY s.clue_id, s.position ORDER BY s.epoch) AS nth
            FROM sighting s JOIN unnest(%(types)s::text[], %(links)s::smallint[]) AS w (type, link) ON w.type = s.type
            WHERE s.clue_id = ANY(%(clues)s) AND s.counted AND w.link > 0
        ) places
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


def relink(cursor: Any, *, limit: int, now: datetime) -> tuple[int, set[int]]:
    """Make the edges of up to `limit` changed clues anew; return how many clues, and the components there are now."""
    cursor.execute(TAKE, [limit])
    clues = sorted({clue for (clue,) in cursor.fetchall()})
    if not clues:
        return 0, set()
    kinds = types()
    names: dict[str, Any] = {
        "clues": clues,
        "types": list(kinds),
        "links": [kind.link for kind in kinds.values()],
    }
    cursor.execute(COMPONENTS, names)
    former = regrow.members_of(cursor, [component for (component,) in cursor.fetchall()])
    cursor.execute(DROP_EDGES, names)
    cursor.execute(ADD_EDGES, names)
    shades.set_for(cursor, clues)
    return len(clues), regrow.regrow(cursor, former, now=now)
