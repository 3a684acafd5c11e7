"""Reads of matches: each party sees its own part and a band of the others, after the tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from aif_share.errors import Refusal
from members.models import reference
from members.permissions import Viewer

from .visibility import Alliance


@dataclass(frozen=True)
class Mine:
    """One of the viewer's own clues in a match; `identifier` is its place in the clue, from 0."""

    client_ref: str
    identifier: int


@dataclass(frozen=True)
class Opinion:
    """The present verdict of the viewer's own institution."""

    verdict: str
    reason: str | None
    given_at: datetime


@dataclass(frozen=True)
class MatchView:
    """A match as one party sees it (stage S1). `score` is None for the moment until it is reckoned."""

    id: int
    match: str
    type: str
    released_at: datetime
    mine: list[Mine]
    band: str | None
    sectors: list[str]
    categories: list[str]
    best_grade: str
    first_seen_month: str
    score: int | None
    terms: list[dict[str, Any]]
    my_feedback: Opinion | None


class MatchNotFound(Refusal):
    """No such match, or none that this institution is a party of."""

    def __init__(self) -> None:
        super().__init__("not-found", "No such match.")


# What makes a match one at present for its party `p`: others who count, and whom the tick has shown.
HAS_OTHERS = """
EXISTS (SELECT 1 FROM match_party o JOIN institution i ON i.id = o.institution_id AND i.state = 'live'
    WHERE o.match_id = p.match_id AND o.group_id <> p.group_id AND o.released_at <= clock_timestamp())
"""
# `page` is cut on the viewer's own parties first, so that the joins touch one page only. It holds only what will be
# shown: a page that the joins made shorter would look like the last one.
LIST = f"""
WITH page AS (
    SELECT p.match_id, p.released_at
    FROM match_party p
    WHERE p.institution_id = %(institution)s AND p.released_at <= clock_timestamp() AND {HAS_OTHERS}
        {{where}}
    ORDER BY {{order}}
    LIMIT %(limit)s
)
SELECT m.id, m.type, page.released_at,
    (SELECT json_agg(json_build_array(c.client_ref, s.position) ORDER BY c.id, s.position)
     FROM sighting s JOIN clue c ON c.id = s.clue_id
     WHERE s.type = m.type AND s.epoch = m.epoch AND s.token = m.token
        AND s.institution_id = %(institution)s AND s.counted) AS mine,
    count(DISTINCT p.group_id) FILTER (WHERE p.group_id <> %(group)s) AS groups,
    array_agg(DISTINCT i.sector::text) FILTER (WHERE i.id <> %(institution)s) AS sectors,
    array_agg(DISTINCT category::text) FILTER (WHERE category IS NOT NULL) AS categories,
    min(p.best_grade) AS best_grade,
    min(p.first_seen_at) AS first_seen_at,
    m.score, m.terms::json, f.verdict, f.reason, f.given_at
FROM page JOIN match m ON m.id = page.match_id
JOIN match_party p ON p.match_id = m.id AND p.released_at <= clock_timestamp()
JOIN institution i ON i.id = p.institution_id AND i.state = 'live'
LEFT JOIN LATERAL unnest(p.categories) AS category ON true
LEFT JOIN feedback f ON f.match_id = m.id AND f.institution_id = %(institution)s
GROUP BY m.id, page.released_at, f.id
HAVING count(DISTINCT p.group_id) > 1
ORDER BY {{page_order}}
"""  # noqa: S608 - put together from literals
FORWARD = LIST.format(
    where="AND (p.released_at, p.match_id) > (%(after_at)s, %(after_id)s)",
    order="p.released_at, p.match_id",
    page_order="page.released_at, m.id",
)
NEWEST = LIST.format(
    where="AND (p.released_at, p.match_id) < (%(after_at)s, %(after_id)s)",
    order="p.released_at DESC, p.match_id DESC",
    page_order="page.released_at DESC, m.id DESC",
)
ONE = LIST.format(where="AND p.match_id = %(match)s", order="p.match_id", page_order="m.id")
SOME = LIST.format(
    where="AND p.match_id = ANY(%(matches)s)",
    order="p.released_at DESC, p.match_id DESC",
    page_order="page.released_at DESC, m.id DESC",
)

COUNT_SINCE = """
SELECT count(*) FROM match_party
WHERE institution_id = %(institution)s AND released_at <= clock_timestamp()
    AND released_at >= %(since)s
"""

Position = tuple[datetime, int]
START: Position = (datetime(1970, 1, 1), 0)
END: Position = (datetime(9999, 12, 31), 0)


def get_alliance() -> Alliance:
    """Return the live institutions: bands and sectors depend on how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, sector FROM institution WHERE state = 'live'")
        return Alliance(live=cursor.fetchall())


def list_matches(*, viewer: Viewer, after: Position | None = None, limit: int = 100) -> list[MatchView]:
    """Return matches oldest first behind `after`, a (released_at, id) pair, `limit` at most."""
    return _list(FORWARD, viewer, after or START, limit)


def list_newest(*, viewer: Viewer, before: Position | None = None, limit: int = 50) -> list[MatchView]:
    """Return matches newest first, for people."""
    return _list(NEWEST, viewer, before or END, limit)


def list_some(*, matches: Sequence[int], viewer: Viewer) -> list[MatchView]:
    """Return those of the matches, by row number, that the viewer may see, newest first."""
    return _list(SOME, viewer, END, len(matches), matches=list(matches)) if matches else []


def get_match(*, match: str, viewer: Viewer) -> MatchView:
    """Return one match. Raise MatchNotFound, for strangers too."""
    found = _list(ONE, viewer, START, 1, match=reference.decode("M", match) or 0)
    if not found:
        raise MatchNotFound
    return found[0]


def count_since(*, viewer: Viewer, since: datetime) -> int:
    """Return how many matches were released to the viewer since then."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SINCE, {"institution": viewer.institution_id, "since": since})
        return int(cursor.fetchone()[0])


def _list(statement: str, viewer: Viewer, after: Position, limit: int, **extra: Any) -> list[MatchView]:
    parameters = {
        "institution": viewer.institution_id,
        "group": viewer.group_id,
        "after_at": after[0],
        "after_id": after[1],
        "limit": limit,
        **extra,
    }
    alliance = get_alliance()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return [_view(row, viewer, alliance) for row in rows]


def _view(row: Any, viewer: Viewer, alliance: Alliance) -> MatchView:
    match_id, kind, released_at, mine, groups, sectors, categories, best_grade, first_seen, *opinion = row
    score, terms, verdict, reason, given_at = opinion
    return MatchView(
        id=match_id,
        match=reference.encode("M", match_id),
        type=kind,
        released_at=released_at,
        mine=[Mine(client_ref=ref, identifier=position) for ref, position in mine or []],
        band=alliance.band(groups),
        sectors=alliance.sectors(sectors or [], viewer=viewer.institution_id),
        categories=categories or [],
        best_grade=best_grade,
        first_seen_month=first_seen.strftime("%Y-%m"),
        score=score,
        terms=terms or [],
        my_feedback=None if verdict is None else Opinion(verdict, reason or None, given_at),
    )
