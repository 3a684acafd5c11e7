"""Reads of what an institution gave in clear: where each value stands, and how many receivers applied it; never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from members.models import reference
from members.permissions import Permission, Viewer, check

from .entries import EntryNotFound

LIST: Final = """
SELECT e.id, e.type, e.value, e.category, e.note, e.state = 'listed' AND e.until <= clock_timestamp(), e.state, e.reason,
    e.proposed_at, e.decided_at, e.until, (SELECT count(*) FROM (
        SELECT DISTINCT ON (institution_id) outcome FROM feed_acknowledgment k WHERE k.entry_id = e.id
        ORDER BY institution_id, id DESC) last WHERE outcome = 'applied')
FROM feed_entry e WHERE e.institution_id = %(institution)s AND (%(before)s::bigint IS NULL OR e.id < %(before)s)
    AND (%(entry)s::bigint IS NULL OR e.id = %(entry)s)
ORDER BY e.id DESC LIMIT %(limit)s
"""
EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True)
class GivenView:
    """A value that the institution gave. `state`: proposed, listed, rejected (with `reason`), withdrawn or expired."""

    id: int
    entry: str
    type: str
    value: str
    category: str
    note: str
    state: str
    reason: str | None
    proposed_at: datetime
    decided_at: datetime | None
    until: datetime | None
    applied: int


def list_given(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[GivenView]:
    """Return the newest first, below row number `before`."""
    return _list(viewer, before=before, entry=None, limit=limit)


def get_given(*, entry: str, viewer: Viewer) -> GivenView:
    """Return one. Raise EntryNotFound, for strangers too."""
    found = _list(viewer, before=None, entry=reference.decode("FE", entry) or 0, limit=1)
    if not found:
        raise EntryNotFound
    return found[0]


def _list(viewer: Viewer, *, before: int | None, entry: int | None, limit: int) -> list[GivenView]:
    check(viewer, Permission.CLUE_VIEW)
    names = {"institution": viewer.institution_id, "before": before, "entry": entry, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(LIST, names)
        rows = cursor.fetchall()
    return [
        GivenView(number, reference.encode("FE", number), kind, value, category, note, EXPIRED if over else state,
                  reason or None, proposed_at, decided_at, until, applied)
        for number, kind, value, category, note, over, state, reason, proposed_at, decided_at, until, applied in rows
    ]  # fmt: skip
