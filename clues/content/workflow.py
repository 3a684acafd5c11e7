"""The transition table of content: the row is the rule. The desk's buttons, sheets and imports derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from clues import events
from clues.models import Content

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

C = Content


@dataclass(frozen=True, slots=True)
class Transition:
    """One row. `stamp` is the column that keeps when, `count` the one that counts how often; `tells` the reporters."""

    source: str
    action: str
    target: str
    stamp: str | None = None
    count: str | None = None
    tells: str | None = None
    reason_required: bool = False

    @property
    def label(self) -> StrPromise:
        """What the button says."""
        return LABELS[self.action]


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        C.REPORTED: _("Reported, not requested yet"),
        C.REQUESTED: _("Takedown requested"),
        C.REMOVED: _("Removed"),
        C.REAPPEARED: _("Re-appeared"),
        C.REJECTED: _("Not taken down"),
    }
)
LABELS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "report": _("Reported, not requested yet"),
        "request": _("Request the takedown"),
        "remove": _("It is removed"),
        "reappear": _("It re-appeared"),
        "reject": _("Not taken down"),
    }
)
# Reported, come back, or turned down before: what a sheet may ask for.
TO_REQUEST: Final = (C.REPORTED, C.REAPPEARED)
TRANSITIONS: Final = (
    *(
        Transition(each, "request", C.REQUESTED, stamp="requested_at", count="requests")
        for each in (*TO_REQUEST, C.REJECTED)
    ),
    *(
        Transition(each, "remove", C.REMOVED, stamp="removed_at", count="removals", tells=events.CONTENT_REMOVED)
        for each in (C.REQUESTED, C.REPORTED, C.REAPPEARED, C.REJECTED)
    ),
    Transition(
        C.REMOVED,
        "reappear",
        C.REAPPEARED,
        stamp="reappeared_at",
        count="reappearances",
        tells=events.CONTENT_REAPPEARED,
    ),
    *(
        Transition(each, "reject", C.REJECTED, tells=events.CONTENT_REJECTED, reason_required=True)
        for each in (C.REQUESTED, *TO_REQUEST)
    ),
)
BY_SOURCE_AND_ACTION: Final[Mapping[tuple[str, str], Transition]] = MappingProxyType(
    {(row.source, row.action): row for row in TRANSITIONS}
)


def actions_for(state: str) -> list[Transition]:
    """Return the rows that are open from a state."""
    return [row for row in TRANSITIONS if row.source == state]
