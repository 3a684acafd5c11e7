"""Shades: how a cut keeps an identifier of one clue from meeting the same identifier of another.

Two clues share an identifier as a link only in the same shade. A shade is a function of the cuts that stand: 0 without
one; the set of cuts, and the side of each, that set the clue's identifier apart; of its own for each clue if the
identifier itself was cut. So the closure stays one over a plain graph, and its order does not matter (docs/adr/0032).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SET = """
UPDATE ring_edge e SET shade = due.shade FROM (
    SELECT x.clue_id, x.type, x.epoch, x.token,
        CASE WHEN EXISTS (SELECT 1 FROM ring_cut k WHERE k.type = x.type AND k.epoch = x.epoch AND k.token = x.token
                AND k.applied_at IS NOT NULL AND k.lifted_at IS NULL) THEN -x.clue_id
            ELSE coalesce((
                SELECT hashtextextended(string_agg(a.cut_id || '/' || a.side, ',' ORDER BY a.cut_id), 0)
                FROM ring_cut_edge a JOIN ring_cut k ON k.id = a.cut_id AND k.lifted_at IS NULL
                WHERE a.clue_id = x.clue_id AND a.type = x.type AND a.epoch = x.epoch AND a.token = x.token), 0)
        END AS shade
    FROM ring_edge x WHERE x.clue_id = ANY(%(clues)s)
) due
WHERE e.clue_id = due.clue_id AND e.type = due.type AND e.epoch = due.epoch AND e.token = due.token
    AND e.shade <> due.shade
"""
ANY_IDENTIFIER = (
    "SELECT EXISTS (SELECT 1 FROM ring_cut WHERE kind = 'identifier' AND applied_at IS NOT NULL AND lifted_at IS NULL)"
)


def set_for(cursor: Any, clues: Iterable[int]) -> None:
    """Bring the shades of the clues' edges in line with the cuts that stand."""
    cursor.execute(SET, {"clues": sorted(clues)})


def set_for_new(cursor: Any, clues: Iterable[int]) -> None:
    """The same for clues that no cut can name yet: only cut identifiers concern them."""
    cursor.execute(ANY_IDENTIFIER)
    if cursor.fetchone()[0]:
        set_for(cursor, clues)
