"""The inbox of an institution: what it was told about its matches and cases, and what nobody there has read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models.functions import Now

from clues import events
from clues.models import Event
from members.models import reference
from members.permissions import Viewer

MOST = 1000


@dataclass(frozen=True, slots=True)
class EventView:
    """One thing to know about one subject, which `subject` names in words of the API and `ref` by reference."""

    kind: str
    subject: str
    ref: str
    released_at: datetime
    is_read: bool


# Counts no further than anybody reads.
COUNT_UNREAD = """
SELECT kind, count(*) FROM (
    SELECT kind FROM event
    WHERE institution_id = %s AND read_at IS NULL AND released_at <= clock_timestamp() AND kind = ANY(%s)
    LIMIT %s
) unread GROUP BY kind
"""
MATCH_KINDS = tuple(row.code for row in events.ROWS if row.subject == "match")
CASE_KINDS = tuple(row.code for row in events.ROWS if row.subject == "case")


def list_events(*, viewer: Viewer, kinds: tuple[str, ...], limit: int = 10) -> list[EventView]:
    """Return the newest events of these kinds, read or not."""
    rows = Event.objects.filter(institution_id=viewer.institution_id, released_at__lte=Now(), kind__in=kinds)
    return [
        EventView(
            kind=row.kind,
            subject=events.BY_CODE[row.kind].subject,
            ref=reference.encode(row.subject_kind, row.subject_id),
            released_at=row.released_at,
            is_read=row.read_at is not None,
        )
        for row in rows.order_by("-id")[:limit]
        if row.released_at is not None
    ]


def count_unread(*, viewer: Viewer, kinds: tuple[str, ...]) -> dict[str, int]:
    """Return how many events of each kind nobody there has read, counting to MOST."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UNREAD, [viewer.institution_id, list(kinds), MOST])
        found = dict(cursor.fetchall())
    return {kind: found.get(kind, 0) for kind in kinds}


def mark_read(*, viewer: Viewer, kinds: tuple[str, ...], until: datetime, now: datetime) -> int:
    """Mark as read what was released up to `until`, the moment of the page; return how many."""
    unread = Event.objects.filter(
        institution_id=viewer.institution_id, read_at__isnull=True, released_at__lte=until, kind__in=kinds
    )
    return unread.filter(released_at__lte=Now()).update(read_at=now)
