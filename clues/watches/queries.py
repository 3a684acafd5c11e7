"""Reads of watches: one's own, with the hits that are released. Never the token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.models import Watch, WatchHit
from members.models import reference
from members.permissions import Viewer

WAITING, ACTIVE, EXPIRED, CANCELED = STATES = ("waiting", "active", "expired", "canceled")
MOST_HITS = 1_000


class WatchNotFound(Refusal):
    """No such watch, or not this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such watch."))


@dataclass(frozen=True, slots=True)
class Hit:
    """A later report, as far as the lawful-use matrix lets the watcher see it."""

    category: str
    grade: str
    released_at: datetime


@dataclass(frozen=True, slots=True)
class WatchView:
    """A watch as its institution sees it; `hits` newest first, the last 1,000."""

    id: int
    watch: str
    type: str
    purpose: str
    case_ref: str
    basis: str
    state: str
    version: int
    created_at: datetime
    expires_at: datetime
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch in a list: how many hits are released and when the last one was, not each of them."""

    id: int
    watch: str
    type: str
    purpose: str
    case_ref: str
    state: str
    created_at: datetime
    expires_at: datetime
    hits: int
    last_hit_at: datetime | None


def get_watch(*, watch: str, viewer: Viewer, now: datetime) -> WatchView:
    """Return one watch. Raise WatchNotFound, for strangers too."""
    row = _own(viewer).filter(pk=reference.decode("W", watch) or 0).first()
    if row is None:
        raise WatchNotFound
    return view(row, now=now)


def list_watches(*, viewer: Viewer, now: datetime, before: int | None = None, limit: int = 100) -> list[WatchView]:
    """Return the newest watches first, `before` a watch id (exclusive), `limit` at most."""
    rows = _own(viewer).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(row, now=now) for row in rows[:limit]]


def list_rows(
    *,
    viewer: Viewer,
    now: datetime,
    state: str | None = None,
    hit: bool = False,
    before: int | None = None,
    limit: int = 100,
) -> list[WatchRow]:
    """Return the newest watches first: those of one state or all, with `hit` only those that told of something."""
    found = Watch.objects.filter(institution_id=viewer.institution_id)
    if state is not None:
        found = found.filter(_in_state(state, now))
    if hit:
        found = found.filter(Exists(WatchHit.objects.filter(watch_id=OuterRef("pk"), released_at__lte=Now())))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[:limit])
    told = WatchHit.objects.filter(watch_id__in=[row.pk for row in rows], released_at__lte=Now())
    counted = {
        number: (hits, last)
        for number, hits, last in told.values_list("watch_id").annotate(Count("pk"), Max("released_at"))
    }
    return [_row(row, now, *counted.get(row.pk, (0, None))) for row in rows]


def _row(row: Watch, now: datetime, hits: int, last: datetime | None) -> WatchRow:
    return WatchRow(
        id=row.pk,
        watch=reference.encode("W", row.pk),
        type=row.type,
        purpose=row.purpose,
        case_ref=row.case_ref,
        state=_state(row, now),
        created_at=row.created_at,
        expires_at=row.expires_at,
        hits=hits,
        last_hit_at=None if last is None else events.shown_tick(last),
    )


def view(row: Watch, *, now: datetime) -> WatchView:
    """Return the watch as its institution sees it; hits only of a row read here."""
    hits = [
        Hit(hit.category, hit.grade, events.shown_tick(hit.released_at))
        for hit in getattr(row, "released_hits", [])[:MOST_HITS]
        if hit.released_at is not None
    ]
    return WatchView(
        id=row.pk,
        watch=reference.encode("W", row.pk),
        type=row.type,
        purpose=row.purpose,
        case_ref=row.case_ref,
        basis=row.basis,
        state=_state(row, now),
        version=row.version,
        created_at=row.created_at,
        expires_at=row.expires_at,
        hits=hits,
    )


def _own(viewer: Viewer) -> QuerySet[Watch]:
    released = WatchHit.objects.filter(released_at__lte=Now()).order_by("-released_at", "-id")
    return Watch.objects.filter(institution_id=viewer.institution_id).prefetch_related(
        Prefetch("hits", queryset=released, to_attr="released_hits")
    )


def _in_state(state: str, now: datetime) -> Q:
    open_now = Q(canceled_at__isnull=True, expires_at__gt=now)
    return {
        WAITING: open_now & Q(active_at__isnull=True),
        ACTIVE: open_now & Q(active_at__isnull=False),
        EXPIRED: Q(canceled_at__isnull=True, expires_at__lte=now),
        CANCELED: Q(canceled_at__isnull=False),
    }[state]


def _state(row: Watch, now: datetime) -> str:
    if row.canceled_at is not None:
        return CANCELED
    if row.expires_at <= now:
        return EXPIRED
    return WAITING if row.active_at is None else ACTIVE
