"""The inbox of matches: pages newest first, by what there is to do and by what the matches are.

A page costs the same however many matches there are and however few of them a filter lets through: it looks at the newest
LOOK, and of those in the asked-for state at the newest SCAN, and says how far back it looked. Only what is assigned to the
person is looked for among all. No filter tells more than the rows do: the band is no filter where it is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import connection

from clues import events
from members.models import reference
from members.queries import Person

from . import facts
from .queries import END, HAS_OTHERS, MatchView, Position, get_alliance, list_some
from .sql import EPOCHS_OVERLAP
from .visibility import BANDS, LIVE_FOR_BANDS
from .work import Colleague

LOOK, SCAN = 20_000, 5_000
UNREAD_MOST = 100

_WORK = "SELECT 1 FROM match_work w WHERE w.institution_id = %(institution)s AND w.match_id = p.match_id"
# What was seen to by a match of a key epoch that was swept since, is.
_TOLD_AT = facts.sql_told_at("p")
_DONE = f"EXISTS ({_WORK} AND w.acknowledged_at >= {_TOLD_AT})"


def _unread(party: str) -> str:
    return f"""
{party}.released_at > coalesce((SELECT until FROM match_read_until WHERE user_id = %(user)s), '-infinity')
AND NOT EXISTS (SELECT 1 FROM match_read r
    WHERE r.user_id = %(user)s AND r.match_id = {party}.match_id AND r.read_at >= {party}.released_at)
"""  # noqa: S608 - an alias of this file


_UNREAD = _unread("p")
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": f"NOT {_DONE}",
        "unread": _UNREAD,
        "mine": f"""EXISTS ({_WORK} AND w.assignee_id = %(user)s
            AND (w.acknowledged_at IS NULL OR w.acknowledged_at < {_TOLD_AT}))""",
        "unassigned": f"NOT EXISTS ({_WORK} AND (w.acknowledged_at >= {_TOLD_AT} OR w.assignee_id IS NOT NULL))",
        "acknowledged": _DONE,
        "all": "true",
    }
)
"""What there is to do, as conditions on the viewer's own party `p`. The first is what one is shown unasked."""

_GROUPS = """
(SELECT count(DISTINCT o.group_id) FROM match_party o JOIN institution i ON i.id = o.institution_id AND i.state = 'live'
 WHERE o.match_id = p.match_id AND o.group_id <> %(group)s AND o.released_at <= clock_timestamp())
"""
FILTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "type": "m.type = %(type)s",
        "category": """EXISTS (SELECT 1 FROM match_party o JOIN institution i ON i.id = o.institution_id
            AND i.state = 'live' WHERE o.match_id = p.match_id AND o.released_at <= clock_timestamp()
            AND %(category)s = ANY(o.categories))""",
        "least_score": "m.score >= %(least_score)s",
        "band": f"{_GROUPS} >= %(band_from)s AND {_GROUPS} < %(band_to)s",
    }
)
PAGE = f"""
WITH looked AS MATERIALIZED (
    SELECT p.match_id, p.released_at, p.known_since, p.group_id, p.institution_id FROM match_party p
    WHERE p.institution_id = %(institution)s AND p.released_at <= clock_timestamp()
        AND (p.released_at, p.match_id) < (%(before_at)s, %(before_id)s)
        AND p.released_at >= %(since)s AND p.released_at < %(until)s AND {{early}}
    ORDER BY p.released_at DESC, p.match_id DESC
    LIMIT %(look)s
), scanned AS MATERIALIZED (
    SELECT p.* FROM looked p WHERE {{state}} ORDER BY p.released_at DESC, p.match_id DESC LIMIT %(scan)s
), found AS (
    SELECT p.match_id, p.released_at FROM scanned p JOIN match m ON m.id = p.match_id
    WHERE {HAS_OTHERS} AND {{filters}}
    ORDER BY p.released_at DESC, p.match_id DESC
    LIMIT %(limit)s
)
SELECT (SELECT json_agg(match_id ORDER BY released_at DESC, match_id DESC) FROM found),
    last.released_at, last.match_id
FROM (SELECT 1) one LEFT JOIN LATERAL (
    SELECT released_at, match_id FROM (
        (SELECT released_at, match_id FROM scanned WHERE (SELECT count(*) < %(limit)s FROM found)
         ORDER BY released_at DESC, match_id DESC OFFSET %(scan)s - 1)
        UNION ALL
        (SELECT released_at, match_id FROM looked WHERE (SELECT count(*) < %(limit)s FROM found)
         ORDER BY released_at DESC, match_id DESC OFFSET %(look)s - 1)
    ) ends ORDER BY released_at DESC, match_id DESC LIMIT 1
) last ON true
"""  # noqa: S608 - put together from literals
# What came after the last look: a read mark of an earlier life of the match is none.
WORK = f"""
SELECT p.match_id, {_UNREAD}, w.version, a.id, coalesce(nullif(a.full_name, ''), a.username), w.assigned_at,
    coalesce(nullif(d.full_name, ''), d.username),
    CASE WHEN w.acknowledged_at >= {_TOLD_AT} THEN w.acknowledged_at END,
    (SELECT e.kind FROM event e WHERE e.subject_kind = 'M' AND e.subject_id = p.match_id
        AND e.institution_id = p.institution_id AND e.kind = ANY(%(news)s) AND e.released_at <= clock_timestamp()
        AND e.released_at > r.read_at AND e.released_at >= p.released_at
     ORDER BY e.id DESC LIMIT 1)
FROM match_party p
LEFT JOIN match_work w ON w.institution_id = p.institution_id AND w.match_id = p.match_id
LEFT JOIN match_read r ON r.user_id = %(user)s AND r.match_id = p.match_id
LEFT JOIN user_account a ON a.id = w.assignee_id
LEFT JOIN user_account d ON d.id = w.acknowledged_by_id
WHERE p.institution_id = %(institution)s AND p.match_id = ANY(%(matches)s)
"""  # noqa: S608
# The two matches of a fact in two key epochs are one; the newer one counts, as it is among the newest if the older one is.
_NEWER_UNREAD = f"""(twin.released_at, twin.match_id) > (p.released_at, p.match_id) AND twin.released_at <= clock_timestamp()
    AND {_unread("twin")}"""
_COUNT_UNREAD = f"""
SELECT count(*) FROM (
    SELECT 1 FROM (
        SELECT match_id, institution_id, released_at FROM match_party
        WHERE institution_id = %(institution)s AND released_at <= clock_timestamp()
        ORDER BY released_at DESC, match_id DESC LIMIT {LOOK}
    ) p WHERE {_UNREAD} AND {{condition}} LIMIT {UNREAD_MOST}
) unread
"""  # noqa: S608
# Under row security the look for twins takes ten times as long to plan as the rest, so whoever needs none does not ask for it.
COUNT_UNREAD, COUNT_UNREAD_FACTS = (
    _COUNT_UNREAD.format(condition=condition) for condition in ("true", f"NOT {facts.sql_has_twin('p', _NEWER_UNREAD)}")
)
# Whoever had a match and lost it was told so; it is told here until somebody marks the event as read.
UNDONE = """
SELECT DISTINCT ON (e.subject_id) e.subject_id, e.released_at FROM event e
WHERE e.institution_id = %(institution)s AND e.kind = %(undone)s AND e.read_at IS NULL
    AND e.released_at <= clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM match_party p WHERE p.match_id = e.subject_id AND p.institution_id = e.institution_id)
ORDER BY e.subject_id, e.id DESC LIMIT %(limit)s
"""
WAS_UNDONE = """
SELECT e.released_at FROM event e
WHERE e.subject_kind = 'M' AND e.subject_id = %(match)s AND e.institution_id = %(institution)s
    AND e.kind = %(undone)s AND e.released_at <= clock_timestamp()
    AND NOT EXISTS (SELECT 1 FROM match_party p WHERE p.match_id = e.subject_id AND p.institution_id = e.institution_id)
ORDER BY e.id DESC LIMIT 1
"""
NEWS = (events.MATCH_GREW, events.MATCH_CHANGED, events.MATCH_SHRANK)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. Codes that do not exist are the reader's mistake, not a filter: see `clues.portal`."""

    state: str = "open"
    type: str | None = None
    category: str | None = None
    band: str | None = None
    least_score: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Where a match stands within the viewer's institution. `news` is an event since the person read it last."""

    unread: bool
    version: int
    assignee: Colleague | None
    assigned_at: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    news: str | None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A match, and where it stands."""

    match: MatchView
    work: Work


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Up to `limit` rows. `searched_to` is set where the look ended before the matches did: go on from there."""

    rows: list[InboxRow]
    searched_to: Position | None


def list_inbox(*, viewer: Person, filters: Filters, before: Position | None = None, limit: int = 50) -> InboxPage:
    """Return matches newest first, `before` a (released_at, id) pair (exclusive)."""
    shows_band = len(get_alliance().live) >= LIVE_FOR_BANDS
    wanted = {name: value for name in FILTERS if (value := getattr(filters, name)) is not None}
    band = wanted.pop("band", None)
    if band is not None and shows_band:
        wanted |= {"band": band, **_band_bounds(band)}
    mine = filters.state == "mine"
    statement = PAGE.format(
        early=STATES[filters.state] if mine else "true",
        state="true" if mine else STATES[filters.state],
        filters=" AND ".join([FILTERS[name] for name in FILTERS if name in wanted] or ["true"]),
    )
    at, number = before or END
    (numbers, last_at, last_id) = _fetch(
        statement,
        viewer,
        before_at=at,
        before_id=number,
        since=filters.since or "-infinity",
        until=filters.until or "infinity",
        look=LOOK,
        scan=SCAN if wanted else min(SCAN, 4 * limit),  # nearly all of the scanned are shown
        limit=limit,
        **wanted,
    )[0]
    matches = list_some(matches=numbers or [], viewer=viewer)
    work = get_work(matches=[match.id for match in matches], viewer=viewer)
    rows = [InboxRow(match, work[match.id]) for match in matches if match.id in work]
    more = last_at is not None and len(numbers or []) < limit
    return InboxPage(rows, (last_at, last_id) if more else None)


def get_work(*, matches: list[int], viewer: Person) -> dict[int, Work]:
    """Return, by row number, where matches of the viewer stand."""
    rows = _fetch(WORK, viewer, matches=matches, news=list(NEWS)) if matches else []
    return {number: _work(*row) for number, *row in rows}


def count_unread(*, viewer: Person) -> int:
    """Return how many facts of the newest LOOK matches the person has not read, counting to UNREAD_MOST."""
    ((overlap,),) = _fetch(EPOCHS_OVERLAP, viewer)
    return int(_fetch(COUNT_UNREAD_FACTS if overlap else COUNT_UNREAD, viewer)[0][0])


def list_undone(*, viewer: Person, limit: int = 10) -> list[tuple[str, datetime]]:
    """Return matches that are there no more and of which the institution has not taken note, with the moment."""
    rows = _fetch(UNDONE, viewer, undone=events.MATCH_UNDONE, limit=limit)
    return [(reference.encode("M", number), at) for number, at in rows]


def get_undone_at(*, match: str, viewer: Person) -> datetime | None:
    """Return when the viewer was told that its match is there no more; None to whoever was not."""
    number = reference.decode("M", match) or 0
    rows = _fetch(WAS_UNDONE, viewer, match=number, undone=events.MATCH_UNDONE)
    return rows[0][0] if rows else None


def _band_bounds(band: str) -> dict[str, int]:
    least = {name: number for number, name in BANDS}
    above = [number for number in least.values() if number > least[band]]
    return {"band_from": least[band], "band_to": min(above, default=2**31 - 1)}


def _work(unread: bool, version: int | None, *rest: Any) -> Work:
    assignee, name, assigned_at, acknowledged_by, acknowledged_at, news = rest
    return Work(
        unread=unread,
        version=version or 0,
        assignee=None if assignee is None else Colleague(reference.encode("U", assignee), name),
        assigned_at=assigned_at,
        acknowledged_by=None if acknowledged_at is None else acknowledged_by,
        acknowledged_at=acknowledged_at,
        news=news,
    )


def _fetch(statement: str, viewer: Person, **names: Any) -> list[Any]:
    parameters = {"institution": viewer.institution_id, "group": viewer.group_id, "user": viewer.user_id, **names}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
