"""The list of an institution's clues for its people: any filters together, newest batch first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from clues.models import Batch, Clue
from members.models import reference
from members.permissions import Permission, Viewer, check

from . import walk
from .clues import ClueView, show

STATE_LABELS: Final = {
    "active": _("valid"),
    "withdrawn": _("withdrawn"),
    "disputed": _("under dispute"),
    "expired": _("expired"),
}
REVIEW_LABELS: Final = {
    "none": _("needs none"),
    Clue.WAITING: _("waits for a review"),
    Clue.AT_DESK: _("waits for the alliance"),
    Clue.CONFIRMED: _("confirmed"),
    Clue.RETURNED: _("returned"),
}
REVIEWS: Final = tuple(REVIEW_LABELS)
# Whether a clue is in a match stands nowhere with the clue: it would tell of the match before its tick. So this filter
# looks through so many clues a page, and the page says how far it looked.
MOST_LOOKED: Final = 1_000

PAGE = f"SELECT c.batch_id, c.id FROM {walk.WALK.format(where='')} ORDER BY c.batch_id DESC, c.id DESC LIMIT %(limit)s"  # noqa: S608
MATCHED = """
SELECT DISTINCT s.clue_id
FROM sighting s JOIN match m USING (type, epoch, token)
JOIN match_party own ON own.match_id = m.id AND own.institution_id = s.institution_id
    AND own.released_at <= clock_timestamp()
WHERE s.clue_id = ANY(%s) AND s.counted AND EXISTS (
    SELECT 1 FROM match_party o JOIN institution i ON i.id = o.institution_id AND i.state = 'live'
    WHERE o.match_id = m.id AND o.group_id <> own.group_id AND o.released_at <= clock_timestamp())
"""

Position = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueFilters:
    """What a list is narrowed to; None narrows nothing. Days are when a clue was received, the last one not included."""

    state: str | None = None
    review: str | None = None
    grade: str | None = None
    category: str | None = None
    client_ref: str | None = None
    batch: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    matched: bool | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: the clue, and whether it is in a match that its institution was told of."""

    clue: ClueView
    matched: bool


@dataclass(frozen=True, slots=True)
class ClueList:
    """Rows of a page, one more than asked for if there are more; `go_on`: where to look on when not all was looked at."""

    rows: list[Listed]
    go_on: Position | None = None


def list_page(*, viewer: Viewer, filters: ClueFilters, before: Position | None = None, limit: int) -> ClueList:
    """Return the clues that fit all filters, newest batch first, behind the position `before` (batch number, clue number)."""
    check(viewer, Permission.CLUE_VIEW)
    span = _span(viewer, filters, before)
    if span is None:
        return ClueList([])
    looked = limit if filters.matched is None else MOST_LOOKED
    found = _named(viewer, filters, span) if filters.client_ref else _walk(span, looked)
    matched = find_matched([number for _, number in found])
    fitting = [place for place in found if filters.matched is None or (place[1] in matched) == filters.matched]
    shown = fitting[:limit]
    go_on = None
    if filters.matched is not None and len(fitting) < limit and len(found) == looked:
        go_on = found[-1]
    clues = {clue.pk: clue for clue in Clue.objects.filter(pk__in=[number for _, number in shown])}
    views = show(clues[number] for _, number in shown if number in clues)
    return ClueList([Listed(view, view.id in matched) for view in views], go_on)


def find_matched(clues: list[int]) -> set[int]:
    """Return those of the clues that are in a match their institution was told of."""
    with connection.cursor() as cursor:
        cursor.execute(MATCHED, [clues])
        return {number for (number,) in cursor.fetchall()}


def _walk(span: walk.Span, limit: int) -> list[Position]:
    with connection.cursor() as cursor:
        cursor.execute(PAGE, span.names(limit=limit))
        rows: list[Position] = cursor.fetchall()
    return rows


def _named(viewer: Viewer, filters: ClueFilters, span: walk.Span) -> list[Position]:
    """Return the one clue of a reference, if it fits the other filters."""
    names = span.names(limit=1)
    own = Clue.objects.filter(institution_id=viewer.institution_id, client_ref=filters.client_ref)
    return list(
        own.filter(
            state__in=names["states"], review__in=names["reviews"], grade__in=names["grades"],
            category__in=names["categories"], batch_id__gte=span.first_batch, batch_id__lte=span.last_batch,
        ).values_list("batch_id", "id")
    )  # fmt: skip


def _span(viewer: Viewer, filters: ClueFilters, before: Position | None) -> walk.Span | None:
    """Return the walk that the filters leave; None if they leave nothing."""
    batches = _batches(viewer, filters)
    if batches is None:
        return None
    grades = [filters.grade] if filters.grade else list(walk.GRADES)
    reviews: list[str] = []
    if filters.review == "none":
        grades = [grade for grade in grades if grade == "C"]
    elif filters.review:
        grades = [grade for grade in grades if grade != "C"]
        reviews = [filters.review]
    if not grades:
        return None
    return walk.Span(
        institution=viewer.institution_id,
        states=[filters.state] if filters.state else (),
        reviews=reviews,
        grades=grades,
        categories=[filters.category] if filters.category else (),
        first_batch=batches[0],
        last_batch=batches[1],
        before=before or (walk.LAST, walk.LAST),
    )


def _batches(viewer: Viewer, filters: ClueFilters) -> tuple[int, int] | None:
    """Return the first and last batch that the filters leave; None if they leave none."""
    own = Batch.objects.filter(institution_id=viewer.institution_id)
    if filters.batch is not None:
        number = reference.decode("B", filters.batch)
        return None if number is None or not own.filter(pk=number).exists() else (number, number)
    if filters.since is None and filters.until is None:
        return 0, walk.LAST
    if filters.since is not None:
        own = own.filter(received_at__gte=filters.since)
    if filters.until is not None:
        own = own.filter(received_at__lt=filters.until)
    ends = own.aggregate(first=Min("id"), last=Max("id"))
    return None if ends["first"] is None else (ends["first"], ends["last"])
