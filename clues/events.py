"""Domain events: what happened that somebody outside wants to hear of, and in which words.

A code is past tense and stable: it stands in notices, in the outbox and later in the feed. The labels
are what people read; they never hold more than the event's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event: its code and its labels."""

    code: str
    zh: str
    en: str


ROWS: Final = (
    Event("match.released", "碰撞命中", "New match"),
    Event("match.grew", "命中有新的上报方", "Another institution joined a match"),
    Event("case.opened", "专案已立项", "Case opened"),
    Event("case.moved", "专案有进展", "Case moved on"),
)
BY_CODE: Final[Mapping[str, Event]] = MappingProxyType({row.code: row for row in ROWS})
