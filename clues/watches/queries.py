"""Reads of watches: one's own, with the hits that are released. Never the token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
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


def _state(row: Watch, now: datetime) -> str:
    if row.canceled_at is not None:
        return CANCELED
    if row.expires_at <= now:
        return EXPIRED
    return WAITING if row.active_at is None else ACTIVE
