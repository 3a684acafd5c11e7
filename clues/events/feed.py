"""The feed: what an institution is told, oldest first, behind a number that only ever grows.

Nobody who reads behind a number misses an event, because what can be seen is always the beginning of one sequence:
the release step numbers events one releaser at a time, and a later number never has an earlier moment. One clock value
judges a whole page. The clock as it goes on would let the second of two events of a tick through and not the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from aif_share.errors import Refusal
from clues import events
from members.models import reference
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event: its number, its reference, its kind, its moment, and its subject by name and reference."""

    seq: int
    event: str
    kind: str
    released_at: datetime
    subject: str
    ref: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events in their order, whether there are more, and the number to ask behind next time."""

    rows: list[FeedEvent]
    more: bool
    position: int


VISIBLE = "institution_id = %(institution)s AND seq > %(after)s AND released_at <= statement_timestamp()"
# `top` is the newest number of all kinds: a reader of one kind does not walk over the others again at every poll.
PAGE = f"""
SELECT top.seq, e.id, e.kind, e.subject_kind, e.subject_id, e.released_at, e.seq
FROM (SELECT max(seq) AS seq FROM (
    SELECT seq FROM event WHERE {VISIBLE} ORDER BY seq DESC LIMIT 1
) newest) top
LEFT JOIN LATERAL (
    SELECT id, kind, subject_kind, subject_id, released_at, seq FROM event
    WHERE {VISIBLE} AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    ORDER BY seq LIMIT %(limit)s
) e ON top.seq IS NOT NULL
ORDER BY e.seq
"""  # noqa: S608 - put together from constants
SOME = """
SELECT id, kind, subject_kind, subject_id, released_at, seq FROM event
WHERE id = ANY(%(ids)s) AND institution_id = %(institution)s AND seq IS NOT NULL
    AND released_at <= statement_timestamp()
ORDER BY seq
"""


def read_feed(*, viewer: Viewer, after: int = 0, kind: str | None = None, limit: int) -> FeedPage:
    """Return up to `limit` events numbered above `after`, of one kind or of all.

    `position` is the number of the last row while there are more, else the newest number there is.
    """
    if kind is not None and kind not in events.TOLD_KINDS:
        raise Refusal("field-invalid", field="kind")
    with connection.cursor() as cursor:
        cursor.execute(PAGE, {"institution": viewer.institution_id, "after": after, "kind": kind, "limit": limit + 1})
        found = cursor.fetchall()
    rows = [_event(row[1:]) for row in found if row[1] is not None]
    more = len(rows) > limit
    if more:
        return FeedPage(rows[:limit], True, rows[limit - 1].seq)
    return FeedPage(rows, False, found[0][0] if found and found[0][0] is not None else after)


def get_event(*, event: str, viewer: Viewer) -> FeedEvent:
    """Return one event; Refusal `not-found` to strangers and before its moment."""
    number = reference.decode("E", event)
    found = [] if number is None else _read_some([number], viewer.institution_id)
    if not found:
        raise Refusal("not-found")
    return found[0]


def describe(*, ids: Iterable[int], institution_id: int) -> list[tuple[datetime, dict[str, str]]]:
    """Return, in their order, the moment of each event of the institution and how a webhook names it."""
    return [
        (row.released_at, {"event": row.event, row.subject: row.ref}) for row in _read_some(list(ids), institution_id)
    ]


def show(event: FeedEvent) -> dict[str, Any]:
    """Return an event as the API shows it."""
    return {
        "event": event.event,
        "kind": event.kind,
        "at": events.shown_tick(event.released_at),
        event.subject: event.ref,
    }


def _read_some(ids: list[int], institution_id: int) -> list[FeedEvent]:
    with connection.cursor() as cursor:
        cursor.execute(SOME, {"ids": ids, "institution": institution_id})
        return [_event(row) for row in cursor.fetchall()]


def _event(row: tuple[Any, ...]) -> FeedEvent:
    number, kind, subject_kind, subject_id, released_at, seq = row
    return FeedEvent(
        seq=seq,
        event=reference.encode("E", number),
        kind=kind,
        released_at=released_at,
        subject=events.BY_CODE[kind].subject,
        ref=reference.encode(subject_kind, subject_id),
    )
