"""The feed: everything that happened, in one order, for as long as one wants to read on. Webhooks only nudge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, given, named
from aif_share.errors import NetworkError

SUBJECTS = (
    "match",
    "ring",
    "batch",
    "clue",
    "dispute",
    "watch",
    "credential",
    "case",
    "request",
    "disposition",
    "content",
    "webhook",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Answer):
    """One event: its kind, and the reference of what it is about.

    `cursor` is where to go on from once this event is handled; going on from it may repeat events, and loses none.
    """

    event: str
    kind: str
    at: datetime
    subject_kind: str | None = None
    subject: str | None = None
    cursor: str | None = None

    @classmethod
    def read(cls, body: Any) -> Self:
        """Read decoded JSON; the subject stands under its own kind."""
        event = super(Event, cls).read(body)
        name = next((each for each in SUBJECTS if each in event.body), None)
        return event if name is None else replace(event, subject_kind=name, subject=str(event.body[name]))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage(Answer):
    """One page of the feed. `cursor` is the position behind it, `more` whether there is another page now."""

    results: tuple[Event, ...]
    cursor: str | None = None
    next: str | None = None

    @property
    def more(self) -> bool:
        """Whether another page is there already."""
        return self.next is not None


class Events(Resource):
    """`client.events`."""

    def page(self, *, cursor: str | None = None, kind: str | None = None, limit: int | None = None) -> EventPage:
        """One page behind `cursor`, from the beginning without one."""
        return EventPage.read(self._session.get("events", given(cursor=cursor, kind=kind, limit=limit)))

    def list(self, *, cursor: str | None = None, kind: str | None = None, limit: int | None = None) -> Iterator[Event]:
        """Every event behind `cursor` up to now, oldest first."""
        while True:
            page = self.page(cursor=cursor, kind=kind, limit=limit)
            yield from _placed(page, cursor)
            if not page.more:
                return
            cursor = _moved(page, cursor)

    def get(self, event: Event | str) -> Event:
        """One event."""
        return Event.read(self._session.get(f"events/{named('E', 'event', event)}"))

    def follow(
        self,
        *,
        cursor: str | None = None,
        kind: str | None = None,
        pause: float = 1.0,
        stop: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Iterator[Event]:
        """Every event behind `cursor`, and those to come, without an end until `stop()` says so.

        Keep `event.cursor` once an event is handled and pass it the next time: none is lost, some may come again.
        A network that is away for a while is waited for.
        """
        while not stop():
            try:
                page = self.page(cursor=cursor, kind=kind)
            except NetworkError:
                if cursor is None:  # never reached: more likely a mistake than a break
                    raise
                sleep(max(pause, 1.0))
                continue
            yield from _placed(page, cursor)
            cursor = _moved(page, cursor) if page.results else page.cursor or cursor
            if not page.more and not stop():
                sleep(pause)


def _placed(page: EventPage, before: str | None) -> Iterator[Event]:
    """The page's events with where to go on from: before the page, and behind it with its last one."""
    for place, event in enumerate(page.results, 1):
        yield replace(event, cursor=page.cursor if place == len(page.results) else before)


def _moved(page: EventPage, before: str | None) -> str:
    if page.cursor is None or page.cursor == before:
        raise NetworkError("the feed does not move on; is aif-share older than the platform?")
    return page.cursor
