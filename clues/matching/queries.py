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
# A page of one party: `after` a position, oldest first, or `before` one, or `some` by number, both newest first.
PAGE = "SELECT * FROM aif_party_matches(%s, %s, %s, %s, %s, %s, %s)"

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
    return _list("after", viewer, after or START, limit)


def list_newest(*, viewer: Viewer, before: Position | None = None, limit: int = 50) -> list[MatchView]:
    """Return matches newest first, for people."""
    return _list("before", viewer, before or END, limit)


def list_some(*, matches: Sequence[int], viewer: Viewer) -> list[MatchView]:
    """Return those of the matches, by row number, that the viewer may see, newest first."""
    return _list("some", viewer, END, len(matches), matches) if matches else []


def get_match(*, match: str, viewer: Viewer) -> MatchView:
    """Return one match. Raise MatchNotFound, for strangers too."""
    found = _list("some", viewer, END, 1, [reference.decode("M", match) or 0])
    if not found:
        raise MatchNotFound
    return found[0]


def _list(page: str, viewer: Viewer, at: Position, limit: int, matches: Sequence[int] = ()) -> list[MatchView]:
    alliance = get_alliance()
    with connection.cursor() as cursor:
        cursor.execute(PAGE, [viewer.institution_id, viewer.group_id, page, *at, list(matches), limit])
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
