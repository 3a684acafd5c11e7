"""Applying what people decided about rings: mergers undone, clues and identifiers set apart, and all of it lifted again.

The desk writes a row of `ring_cut`; the builder, the single writer, works out here which identifiers of which clues no
longer meet, keeps that beside the cut, and grows the component anew. What is kept is a plain list, so that whatever
comes later is decided by the closure alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clues import events

from . import regrow, shades
from .closure import MERGE_WEIGHT, close
from .regrow import Parted
from .visible import TOLD

WAITING = """
SELECT id, ring_id, kind, merge_id, clues, type, epoch, token FROM ring_cut
WHERE applied_at IS NULL AND lifted_at IS NULL ORDER BY id
"""
LIFTED = """
SELECT id, ring_id, kind, type, epoch, token FROM ring_cut
WHERE lifted_at IS NOT NULL AND lift_applied_at IS NULL ORDER BY id
"""
MERGER = (
    "SELECT component, survivor, clues, ring_id, merged_at FROM ring_merge WHERE id = %(merge)s AND undone_at IS NULL"
)
# Clues that came one by one when the merger happened, or later.
CAME_SINCE = """
SELECT clues[1] FROM ring_merge WHERE component = %(component)s AND undone_at IS NULL AND ring_id IS NULL
    AND cardinality(clues) = 1 AND merged_at >= %(since)s
"""
COMPONENTS = "SELECT DISTINCT component FROM ring_edge WHERE clue_id = ANY(%(clues)s)"
HOLDERS = "SELECT DISTINCT clue_id, component FROM ring_edge WHERE type = %(type)s AND epoch = %(epoch)s AND token = %(token)s"
SET_APART = """
INSERT INTO ring_cut_edge (cut_id, side, clue_id, type, epoch, token)
SELECT %(cut)s, * FROM unnest(%(sides)s::smallint[], %(clues)s::bigint[], %(types)s::text[], %(epochs)s::int[],
    %(tokens)s::uuid[])
"""
CUT_CLUES = "SELECT DISTINCT clue_id FROM ring_cut_edge WHERE cut_id = %(cut)s"
APPLIED = "UPDATE ring_cut SET applied_at = %(now)s, parted = %(parted)s WHERE id = %(cut)s"
LIFT_APPLIED = (
    "UPDATE ring_cut SET lift_applied_at = %(now)s, applied_at = coalesce(applied_at, %(now)s) WHERE id = %(cut)s"
)
# Those who see the ring, as it is before the change.
TELL = f"""
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT i.id, %(kind)s, 'R', r.id, %(now)s
FROM ring r JOIN institution i ON i.id = ANY(r.institutions) AND i.state = 'live'
WHERE r.id = %(ring)s AND r.state = 'open'
    AND EXISTS (SELECT 1 FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND {TOLD}
        WHERE e.component = r.component AND c.institution_id = i.id)
    AND EXISTS (SELECT 1 FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND {TOLD}
        JOIN institution o ON o.id = c.institution_id AND o.state = 'live' AND o.group_id <> i.group_id
        WHERE e.component = r.component)
ORDER BY i.id
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True)
class _Cut:
    id: int
    ring: int
    kind: str
    merge: int | None
    clues: Sequence[int]
    token: Mapping[str, Any]


def apply_cuts(cursor: Any, *, now: datetime) -> tuple[int, set[int]]:
    """Apply what waits, oldest first; return how many cuts, and the components that are to be looked at."""
    touched: set[int] = set()
    cursor.execute(WAITING)
    waiting = cursor.fetchall()
    for number, ring, kind, merge, clues, *token in waiting:
        cut = _Cut(number, ring, kind, merge, clues or (), dict(zip(("type", "epoch", "token"), token, strict=True)))
        _tell(cursor, cut.ring, now)
        touched |= _APPLY[kind](cursor, cut, now)
    cursor.execute(LIFTED)
    lifted = cursor.fetchall()
    for number, ring, kind, *token in lifted:
        _tell(cursor, ring, now)
        names = dict(zip(("type", "epoch", "token"), token, strict=True))
        cursor.execute(HOLDERS if kind == "identifier" else CUT_CLUES, {"cut": number, **names})
        concerned = sorted({row[0] for row in cursor.fetchall()})
        shades.set_for(cursor, concerned)
        cursor.execute(COMPONENTS, {"clues": concerned})
        touched |= {component for (component,) in cursor.fetchall()}
        cursor.execute(LIFT_APPLIED, {"cut": number, "now": now})
    return len(waiting) + len(lifted), touched


def _unmerge(cursor: Any, cut: _Cut, now: datetime) -> set[int]:
    """Part a component as it was before a merger; what came later goes with the side it belongs to by itself."""
    cursor.execute(MERGER, {"merge": cut.merge})
    row = cursor.fetchone()
    if row is None:
        _done(cursor, cut, 0, now)
        return set()
    component, survivor, came, ring, since = row
    former = regrow.members_of(cursor, [component])
    members = former.get(component, set())
    held = regrow.held_by(cursor, members)
    stays = _seeded(held, members.difference(came), survivor)
    leaves = members - stays
    bridges: set[int] = set()
    if ring is not None:
        cursor.execute(CAME_SINCE, {"component": component, "since": since})
        late = {clue for (clue,) in cursor.fetchall()}
        core = _seeded(held, stays - _joined(held, stays & late - {survivor}, leaves), survivor)
        between, stays = stays - core, core
        # What joins the side that leaves and not the one that stays came later to that side; the rest may be a bridge.
        while theirs := _joined(held, between, leaves) - _joined(held, between, stays):
            between, leaves = between - theirs, leaves | theirs
        bridges = between
    _set_apart(cursor, cut, held, [stays, leaves, bridges])
    shades.set_for(cursor, members)
    parted = Parted(cut.merge or 0, frozenset(stays), frozenset(leaves))
    _done(cursor, cut, len(leaves) + len(bridges), now)
    return regrow.regrow(cursor, former, now=now, parted=parted)


def _part_clues(cursor: Any, cut: _Cut, now: datetime) -> set[int]:
    """Set clues apart from the rest of the component that they are in now."""
    cursor.execute(COMPONENTS, {"clues": list(cut.clues)})
    former = regrow.members_of(cursor, [component for (component,) in cursor.fetchall()])
    parted = 0
    for members in former.values():
        mine = members.intersection(cut.clues)
        held = regrow.held_by(cursor, members)
        _set_apart(cursor, cut, held, [members - mine, mine], home=0)
        parted += len(mine)
    shades.set_for(cursor, cut.clues)
    _done(cursor, cut, parted, now)
    return regrow.regrow(cursor, former, now=now)


def _part_identifier(cursor: Any, cut: _Cut, now: datetime) -> set[int]:
    """Let an identifier join nobody any more, wherever it is reported."""
    cursor.execute(HOLDERS, cut.token)
    found = cursor.fetchall()
    former = regrow.members_of(cursor, {component for _, component in found})
    _done(cursor, cut, len(found), now)
    shades.set_for(cursor, [clue for clue, _ in found])
    return regrow.regrow(cursor, former, now=now)


_APPLY = {"unmerge": _unmerge, "clues": _part_clues, "identifier": _part_identifier}


def _seeded(held: Mapping[int, Mapping[Any, int]], clues: set[int], seed: int) -> set[int]:
    """Return the group that the clues make by themselves around the seed, or the largest without it."""
    groups = close({clue: held[clue] for clue in clues if clue in held})
    return next(
        (each for each in groups if seed in each), max(groups, key=lambda each: (len(each), -min(each)), default=set())
    )


def _joined(held: Mapping[int, Mapping[Any, int]], clues: Iterable[int], others: Iterable[int]) -> set[int]:
    """Return those of the clues that would be joined to the others by themselves."""
    theirs = {key for clue in others for key in held.get(clue, ())}
    return {
        clue
        for clue in clues
        if sum(weight for key, weight in held.get(clue, {}).items() if key in theirs) >= MERGE_WEIGHT
    }


def _set_apart(
    cursor: Any, cut: _Cut, held: Mapping[int, Mapping[Any, int]], parts: Sequence[set[int]], home: int | None = None
) -> None:
    """Keep which identifiers of which clues no longer meet.

    An identifier stays with the side that reports it in more clues, `parts[0]` if even; there, later reports will join it.
    """
    holders: dict[Any, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for side, part in enumerate(parts):
        for clue in part:
            for key in held.get(clue, ()):
                holders[key][side].append(clue)
    rows = []
    for key, sides in holders.items():
        if len(sides) < 2:
            continue
        stays = home if home is not None else max((0, 1), key=lambda side: (len(sides.get(side, ())), -side))
        kind, epoch, token, _shade = key
        rows += [(side, clue, kind, epoch, token) for side, clues in sides.items() if side != stays for clue in clues]
    if rows:
        names = ("sides", "clues", "types", "epochs", "tokens")
        cursor.execute(SET_APART, {"cut": cut.id, **dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))})


def _done(cursor: Any, cut: _Cut, parted: int, now: datetime) -> None:
    cursor.execute(APPLIED, {"cut": cut.id, "now": now, "parted": parted})


def _tell(cursor: Any, ring: int, now: datetime) -> None:
    cursor.execute(TELL, {"ring": ring, "kind": events.RING_CHANGED, "now": now})
