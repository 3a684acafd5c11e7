"""Reads of rings for the desk: what belongs together, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from aif_share.errors import Refusal
from clues.models import Ring
from members.models import reference
from members.permissions import Actor, Permission, check


@dataclass(frozen=True, slots=True)
class RingClue:
    """One clue of a ring, as its institution calls it."""

    institution: str
    client_ref: str
    category: str
    grade: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two parts became one: the types of the identifiers they share, with their weights."""

    shared: tuple[tuple[str, int], ...]
    clues: int
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class RingView:
    """A ring as the desk sees it; `institutions` are references."""

    id: int
    ring: str
    clues: tuple[RingClue, ...]
    identifiers: int
    groups: int
    institutions: tuple[str, ...]
    categories: tuple[str, ...]
    best_grade: str
    first_seen_at: datetime
    last_seen_at: datetime


class RingNotFound(Refusal):
    """No such ring, or it went up in another one."""

    def __init__(self) -> None:
        super().__init__("not-found", "No such ring.")


# What counts in rings/build.py counts here: active clues of live institutions.
CLUES = """
SELECT DISTINCT e.component, c.id, c.institution_id, c.client_ref, c.category, c.grade, c.received_at
FROM ring_edge e
JOIN clue c ON c.id = e.clue_id AND c.state = 'active'
JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE e.component = ANY(%s)
ORDER BY c.id
"""
# A part may have grown by merging before it was absorbed itself.
MERGES = """
WITH RECURSIVE part (component) AS (
    SELECT %s::bigint
    UNION
    SELECT m.absorbed FROM ring_merge m JOIN part p ON m.survivor = p.component WHERE m.undone_at IS NULL
)
SELECT m.shared::json, cardinality(m.clues), m.merged_at
FROM ring_merge m JOIN part p ON m.survivor = p.component
WHERE m.undone_at IS NULL
ORDER BY m.merged_at, m.id
"""


def list_rings(*, by: Actor) -> list[RingView]:
    """Return every open ring with its clues, oldest first."""
    check(by, Permission.DESK_VIEW)
    return _views(list(Ring.objects.filter(state=Ring.OPEN).order_by("id")))


def get_ring(*, ring: str, by: Actor) -> RingView:
    """Return one ring, open or not. Raise RingNotFound."""
    check(by, Permission.DESK_VIEW)
    found = list(Ring.objects.filter(pk=reference.decode("R", ring) or 0))
    if not found:
        raise RingNotFound
    return _views(found)[0]


def list_merges(*, ring: str, by: Actor) -> list[Merge]:
    """Return the mergers that made the ring, oldest first. Raise RingNotFound."""
    check(by, Permission.DESK_VIEW)
    component = Ring.objects.filter(pk=reference.decode("R", ring) or 0).values_list("component", flat=True).first()
    if component is None:
        raise RingNotFound
    with connection.cursor() as cursor:
        cursor.execute(MERGES, [component])
        rows = cursor.fetchall()
    # `shared` holds stored keys, too; nobody is shown those.
    return [
        Merge(shared=tuple((kind, weight) for kind, _epoch, _token, weight in shared), clues=clues, merged_at=at)
        for shared, clues, at in rows
    ]


def _views(rings: Sequence[Ring]) -> list[RingView]:
    clues: dict[int, list[RingClue]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CLUES, [[ring.component for ring in rings]])
        for component, _id, institution, client_ref, category, grade, received_at in cursor.fetchall():
            clues[component].append(
                RingClue(reference.encode("I", institution), client_ref, category, grade, received_at)
            )
    return [
        RingView(
            id=ring.pk,
            ring=reference.encode("R", ring.pk),
            clues=tuple(clues[ring.component]),
            identifiers=ring.identifiers,
            groups=ring.groups,
            institutions=tuple(reference.encode("I", number) for number in ring.institutions),
            categories=tuple(ring.categories),
            best_grade=ring.best_grade,
            first_seen_at=ring.first_seen_at,
            last_seen_at=ring.last_seen_at,
        )
        for ring in rings
    ]
