"""The notices of a person: what the institution was told, as far as the role may read it and the person wants to see it.

Read is what this person has read: by a mark for each kind ("all up to here"), and above it by a row for each notice. So a
list is cut, kind by kind, out of the end of an index, however many notices there are, read or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from aif_share.errors import Refusal
from clues import events
from members.delivery.notification_rules import rules_of
from members.delivery.preferences import shown_kinds
from members.models import reference
from members.queries import Person

MOST = 100
"""Counts no further: beyond, the exact number tells nobody anything."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know about one subject, which `subject` names in words of the API and `ref` by reference."""

    seq: int
    event: str
    kind: str
    subject: str
    ref: str
    released_at: datetime
    is_read: bool


_COLUMNS = "e.id, e.kind, e.subject_kind, e.subject_id, e.released_at, e.seq"
# All three columns of the index `event_kind`, compared and ordered as one: with equalities the planner takes the order of
# `seq` from another index and walks over everybody else's events.
_OWN = """(e.institution_id, e.kind, e.seq) > (%(institution)s, k.kind, {above})
        AND (e.institution_id, e.kind, e.seq) < (%(institution)s, k.kind, {below}) AND e.released_at <= statement_timestamp()"""
_NEWEST = "e.institution_id DESC, e.kind DESC, e.seq DESC"
_UNREAD = _OWN.format(above="k.mark", below="%(before)s::bigint")
_KINDS = """
(SELECT wanted.kind, coalesce(m.seq, 0) AS mark FROM unnest(%(kinds)s::text[]) AS wanted (kind)
    LEFT JOIN notice_mark m ON m.user_id = %(user)s AND m.kind = wanted.kind) k
"""
_READ_ROW = "EXISTS (SELECT 1 FROM notice_read r WHERE r.user_id = %(user)s AND r.event_id = e.id)"
UNREAD = f"""
SELECT e.*, false FROM {_KINDS} CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM event e
    WHERE {_UNREAD} AND NOT {_READ_ROW}
    ORDER BY {_NEWEST} LIMIT %(limit)s
) e ORDER BY e.seq DESC LIMIT %(limit)s
"""  # noqa: S608 - put together from literals of this file
READ = f"""
SELECT * FROM (
    SELECT e.*, true FROM {_KINDS} CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM event e
        WHERE {_OWN.format(above="0", below="least(k.mark + 1, %(before)s)")}
        ORDER BY {_NEWEST} LIMIT %(limit)s
    ) e
    UNION ALL
    SELECT {_COLUMNS}, true FROM notice_read r JOIN event e ON e.id = r.event_id JOIN {_KINDS} ON k.kind = e.kind
    WHERE r.user_id = %(user)s AND {_UNREAD}
) e (id, kind, subject_kind, subject_id, released_at, seq, is_read) ORDER BY e.seq DESC LIMIT %(limit)s
"""  # noqa: S608
COUNT = f"""
SELECT k.kind, (SELECT count(*) FROM (
    SELECT 1 FROM event e WHERE {_UNREAD} AND NOT {_READ_ROW} ORDER BY {_NEWEST} LIMIT {MOST}
) found) FROM {_KINDS}
"""  # noqa: S608
FIND = """
SELECT id, seq FROM event WHERE id = %(event)s AND institution_id = %(institution)s AND kind = ANY(%(kinds)s)
    AND released_at <= statement_timestamp()
"""
MARK_ONE = """
INSERT INTO notice_read (user_id, event_id, read_at) VALUES (%(user)s, %(event)s, %(now)s) ON CONFLICT DO NOTHING
"""
MARK_ALL = """
INSERT INTO notice_mark AS m (user_id, kind, seq) SELECT %(user)s, kind, %(seq)s FROM unnest(%(kinds)s::text[]) AS kind
ORDER BY kind
ON CONFLICT (user_id, kind) DO UPDATE SET seq = greatest(m.seq, EXCLUDED.seq)
"""
FORGET_ROWS = """
DELETE FROM notice_read r USING event e WHERE r.user_id = %(user)s AND e.id = r.event_id AND e.kind = ANY(%(kinds)s)
    AND e.seq <= %(seq)s
"""
# A match that is gone has no row of its own to be marked: it is told to all until anybody there has read of it.
READ_BY_ANYBODY = """
UPDATE event SET read_at = %(now)s WHERE institution_id = %(institution)s AND kind = 'match.undone' AND read_at IS NULL
    AND kind = ANY(%(kinds)s) AND seq IS NOT NULL AND seq <= %(seq)s AND (%(event)s::bigint IS NULL OR id = %(event)s)
"""
LAST = 2**63 - 1


def kinds_of(*, viewer: Person, kind: str | None = None) -> tuple[str, ...]:
    """Return the kinds that the person sees, or the one asked for; Refusal `not-found` for one that is not among them."""
    kinds = shown_kinds(viewer=viewer)
    if kind is None:
        return kinds
    if kind not in kinds:
        raise Refusal("not-found")
    return (kind,)


def list_unread(*, viewer: Person, kinds: Sequence[str], before: int | None = None, limit: int = 25) -> list[Notice]:
    """Return what the person has not read, newest first, below number `before`."""
    return _list(UNREAD, viewer, kinds, before, limit)


def list_read(*, viewer: Person, kinds: Sequence[str], before: int | None = None, limit: int = 25) -> list[Notice]:
    """Return what the person has read, newest first, below number `before`."""
    return _list(READ, viewer, kinds, before, limit)


def count_unread(*, viewer: Person, kinds: Sequence[str]) -> dict[str, int]:
    """Return how many notices of each kind the person has not read, each counted to MOST."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _names(viewer, kinds) | {"before": LAST})
        return dict(cursor.fetchall())


@transaction.atomic
def mark_read(*, event: str, by: Person, now: datetime) -> None:
    """Mark one notice as read; Refusal `not-found` for one that the person does not see."""
    kinds = shown_kinds(viewer=by)
    number, seq = _find(event, by, kinds)
    names = _names(by, kinds) | {"event": number, "seq": seq, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(MARK_ONE, names)
        cursor.execute(READ_BY_ANYBODY, names)


@transaction.atomic
def mark_all_read(*, until: str, kinds: Sequence[str], by: Person, now: datetime) -> None:
    """Mark as read what there is of `kinds` up to the notice `until`; what came after the page was made stays unread."""
    _number, seq = _find(until, by, shown_kinds(viewer=by))
    names = _names(by, kinds) | {"event": None, "seq": seq, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(MARK_ALL, names)
        cursor.execute(FORGET_ROWS, names)
        cursor.execute(READ_BY_ANYBODY, names)


def _find(event: str, viewer: Person, kinds: Sequence[str]) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, _names(viewer, kinds) | {"event": reference.decode("E", event) or 0})
        found = cursor.fetchone()
    if found is None:
        raise Refusal("not-found")
    return int(found[0]), int(found[1])


def _list(statement: str, viewer: Person, kinds: Sequence[str], before: int | None, limit: int) -> list[Notice]:
    if not kinds:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, _names(viewer, kinds) | {"before": before or LAST, "limit": limit})
        return [_notice(*row) for row in cursor.fetchall()]


def _names(viewer: Person, kinds: Sequence[str]) -> dict[str, Any]:
    readable = rules_of(viewer.role)  # whatever the caller asks for
    return {
        "institution": viewer.institution_id,
        "user": viewer.user_id,
        "kinds": [kind for kind in kinds if kind in readable],
    }


def _notice(
    number: int, kind: str, subject_kind: str, subject_id: int, released_at: datetime, seq: int, is_read: bool
) -> Notice:
    return Notice(
        seq=seq,
        event=reference.encode("E", number),
        kind=kind,
        subject=events.BY_CODE[kind].subject,
        ref=reference.encode(subject_kind, subject_id),
        released_at=released_at,
        is_read=is_read,
    )
