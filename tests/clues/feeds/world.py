"""Short ways for the tests of feeds: a member gives, the desk decides, a platform and a telecom operator pull."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from clues.feeds import entries, pulling, receivers
from clues.feeds.pulling import Pulled
from clues.models import FeedEntry
from members.models import Institution
from tests.clues.alliance import caller
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as, make_institution

DOMAIN, PAGE, VIDEO = (
    "bad.example.com",
    "https://evil.example.com/recruit",
    "https://www.douyin.com/video/7123456789012345678",
)


def give(by: Institution, value: str = DOMAIN, kind: str = "domain", **fields: Any) -> FeedEntry:
    """Give a value in clear as the API does."""
    request = {"type": kind, "value": value, "category": "counterfeit-site-app", "in_clear": True} | fields
    return entries.give(request=request, by=caller(by), now=timezone.now())


def desk(call: Any, **named: Any) -> Any:
    """Do something in the role of the desk."""
    with acting_as("aif_desk"):
        return call(now=timezone.now(), **named)


def list_value(scene: Scene, value: str = DOMAIN, kind: str = "domain", **fields: Any) -> FeedEntry:
    """Give a value as Aster, approve it as Pavel, and wait for the tick."""
    row = give(scene.cast.aster, value, kind, **fields)
    desk(entries.approve, entry=row.pk, by=scene.cast.pavel)
    wait_for_tick()
    return row


def open_feed(scene: Scene, *, sector: str = "telecom", platforms: Any = (), types: Any = ("domain",)) -> Institution:
    """Admit a receiver whose feed two people open."""
    made: Institution = make_institution(sector=sector)
    desk(receivers.propose, institution=made.pk, of_platforms=platforms, of_types=types, by=scene.cast.olga)
    desk(receivers.open_feed, receiver=made.pk, by=scene.cast.pavel)
    return made


def pulled(by: Institution) -> list[Pulled]:
    return pulling.list_entries(viewer=caller(by), limit=100)


def values(by: Institution) -> list[str]:
    return [row.value for row in pulled(by)]


def acknowledge(by: Institution, *rows: tuple[FeedEntry, str, str]) -> int:
    given = [
        {"entry": row.ref, "outcome": outcome} | ({"reason": reason} if reason else {}) for row, outcome, reason in rows
    ]
    return pulling.acknowledge(request={"entries": given}, by=caller(by), now=timezone.now())
