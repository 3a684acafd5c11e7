"""What the tests of unmerging and setting apart look at: rings as people see them, and decisions as the desk makes them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from clues.matching.changes import apply_changes
from clues.matching.run import match_pending
from clues.models import Ring, RingMerge
from clues.rings import cuts
from clues.rings.build import build_pending
from members.models import User
from tests.factories import acting_as

SEEN = """
SELECT r.id, array_agg(DISTINCT c.client_ref::text ORDER BY c.client_ref::text),
    array_agg(DISTINCT e.type || ':' || e.token ORDER BY e.type || ':' || e.token), r.clues, r.identifiers, r.groups
FROM ring r JOIN ring_edge e ON e.component = r.component JOIN clue c ON c.id = e.clue_id
WHERE r.state = 'open' GROUP BY r.id ORDER BY r.id
"""
Seen = dict[str, tuple[list[str], list[str], int, int, int]]


def work(*, limit: int = 1000) -> None:
    """Do what the worker does, until nothing waits."""
    with acting_as("aif_match"):
        match_pending(limit=1000)
        while apply_changes(limit=100, now=timezone.now()):
            pass
        while build_pending(limit=limit, now=timezone.now()):
            pass


def seen() -> Seen:
    """Return the open rings: reference -> clues, identifiers, and the three counts people are shown."""
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(SEEN)
        return {str(Ring(pk=number)): tuple(rest) for number, *rest in cursor.fetchall()}  # type: ignore[misc]


def clues_of(rings: Seen) -> dict[str, list[str]]:
    return {ring: clues for ring, (clues, *_rest) in rings.items()}


def merger_of(ring: str, other: str | None = None) -> int:
    """Return the number of the merger by which `other` went up in `ring`, or of the latest one."""
    with acting_as("aif_desk"):
        rows = RingMerge.objects.filter(undone_at=None).order_by("-id")
        if other is not None:
            rows = rows.filter(ring__isnull=False)
            return next(row.pk for row in rows if str(row.ring) == other)
        component = next(each.component for each in Ring.objects.all() if str(each) == ring)
        return rows.filter(component=component).values_list("pk", flat=True)[0]


def decide(kind: str, by: User, **names: Any) -> Any:
    """Make a decision at the desk."""
    with acting_as("aif_desk"):
        return getattr(cuts, kind)(by=by, now=timezone.now(), reason="not the same people", **names)
