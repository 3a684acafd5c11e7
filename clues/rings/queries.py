"""Reads of rings for the desk: what belongs together, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from aif_share.errors import Refusal
from clues.models import Ring, RingMerge
from members.models import reference
from members.permissions import Actor, Permission, check


@dataclass(frozen=True, slots=True)
class RingClue:
    """One clue of a ring, as its institution calls it."""

    clue: str
    institution: str
    institution_id: int
    client_ref: str
    category: str
    grade: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two parts became one: the types of the identifiers they share, with their weights.

    `ring` is the reference of the ring that went up, if the part that came was one; `under_way`: to be undone.
    """

    id: int
    ring: str | None
    shared: tuple[tuple[str, int], ...]
    clues: int
    merged_at: datetime
    under_way: bool


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
NEWEST = """
SELECT c.id, c.institution_id, c.client_ref, c.category, c.grade, c.received_at
FROM clue c JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
WHERE c.state = 'active' AND c.id IN (SELECT clue_id FROM ring_edge WHERE component = %(component)s)
ORDER BY c.id DESC LIMIT %(most)s
"""
MERGES = """
SELECT m.id, m.ring_id, m.shared::json, cardinality(m.clues), m.merged_at, EXISTS (
    SELECT 1 FROM ring_cut k WHERE k.merge_id = m.id AND k.lifted_at IS NULL)
FROM ring_merge m WHERE m.component = %(component)s AND m.undone_at IS NULL
ORDER BY (m.ring_id IS NOT NULL) DESC, m.merged_at DESC, m.id DESC LIMIT %(most)s
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


def list_merges(*, ring: str, by: Actor, limit: int = 100) -> list[Merge]:
    """Return the mergers that made the ring, those of whole rings first, then the newest. Raise RingNotFound."""
    check(by, Permission.DESK_VIEW)
    component = Ring.objects.filter(pk=reference.decode("R", ring) or 0).values_list("component", flat=True).first()
    if component is None:
        raise RingNotFound
    with connection.cursor() as cursor:
        cursor.execute(MERGES, {"component": component, "most": limit})
        rows = cursor.fetchall()
    # `shared` holds stored keys, too; nobody is shown those.
    return [
        Merge(
            id=number,
            ring=None if other is None else reference.encode("R", other),
            shared=tuple((kind, weight) for kind, _epoch, _token, weight in shared),
            clues=clues,
            merged_at=at,
            under_way=under_way,
        )
        for number, other, shared, clues, at, under_way in rows
    ]


def absorbed_by(*, ring: Ring, by: Actor) -> Ring | None:
    """Return the ring that this one went up in, None if it stands or is dissolved."""
    check(by, Permission.DESK_VIEW)
    if ring.state != Ring.MERGED:
        return None
    merge = RingMerge.objects.filter(ring=ring, undone_at__isnull=True).order_by("-id").first()
    return None if merge is None else Ring.objects.filter(component=merge.component).first()


def list_ring_clues(*, ring: Ring, by: Actor, limit: int) -> list[RingClue]:
    """Return the newest clues of a ring."""
    check(by, Permission.DESK_VIEW)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"component": ring.component, "most": limit})
        return [_clue(*row) for row in cursor.fetchall()]


def _clue(number: int, institution: int, client_ref: str, category: str, grade: str, received_at: datetime) -> RingClue:
    return RingClue(
        clue=reference.encode("C", number),
        institution=reference.encode("I", institution),
        institution_id=institution,
        client_ref=client_ref,
        category=category,
        grade=grade,
        received_at=received_at,
    )


def _views(rings: Sequence[Ring]) -> list[RingView]:
    clues: dict[int, list[RingClue]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CLUES, [[ring.component for ring in rings]])
        for component, *row in cursor.fetchall():
            clues[component].append(_clue(*row))
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
