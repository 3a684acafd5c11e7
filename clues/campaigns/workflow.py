"""The transition table of campaigns: the row is the rule. Whoever works on campaigns may take every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from clues.models import Campaign

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, by what action, to where."""

    source: str
    action: str
    target: str


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        Campaign.PLANNED: _("Planned"),
        Campaign.RUNNING: _("Running"),
        Campaign.ENDED: _("Brought to an end"),
        Campaign.CALLED_OFF: _("Called off"),
    }
)
START, END, CALL_OFF = "start", "end", "call-off"
TRANSITIONS: Final = (
    Transition(Campaign.PLANNED, START, Campaign.RUNNING),
    Transition(Campaign.PLANNED, CALL_OFF, Campaign.CALLED_OFF),
    Transition(Campaign.RUNNING, END, Campaign.ENDED),
)
OPEN: Final = frozenset({Campaign.PLANNED, Campaign.RUNNING})
"""Where it is worked on: changed, given targets, bound to cases."""
SEEN: Final = frozenset({Campaign.RUNNING, Campaign.ENDED})
"""Where members see it."""


def find(action: str, *, state: str) -> Transition | None:
    """Return the row of the table for a campaign as it stands, if there is one."""
    return next((row for row in TRANSITIONS if row.action == action and row.source == state), None)
