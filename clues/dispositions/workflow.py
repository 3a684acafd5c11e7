"""The transition table of dispositions: the row is the rule. Buttons, API, audit verbs and tests derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import dispositions
from clues.models import Disposition

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

D = Disposition


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, by what action, to where. `does` sets the moment it was done, `ends` needs a reason."""

    source: str
    action: str
    target: str
    does: bool = False
    ends: bool = False
    only_reappearing: bool = False

    @property
    def label(self) -> StrPromise:
        """What the button says."""
        return LABELS[self.action]

    @property
    def verb(self) -> str:
        """The audit verb."""
        return f"disposition.{self.action}"


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        D.REQUESTED: _("Requested"),
        D.DONE: _("Done"),
        D.UNDER_REVIEW: _("Under review"),
        D.CONFIRMED: _("Confirmed on review"),
        D.REAPPEARED: _("Re-appeared"),
        D.LIFTED: _("Lifted"),
    }
)
LABELS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "record": _("Recorded"),
        "do": _("Done"),
        "review": _("Review it"),
        "confirm": _("Confirm"),
        "reappear": _("It re-appeared"),
        "lift": _("Lift"),
        "keep": _("Kept on own grounds"),
        "effects": _("Report effects"),
    }
)
RECORDED: Final = (D.REQUESTED, D.DONE)
"""States in which a disposition can be recorded."""
_IN_FORCE: Final = (D.DONE, D.UNDER_REVIEW, D.CONFIRMED, D.REAPPEARED)
TRANSITIONS: Final = (
    Transition(D.REQUESTED, "do", D.DONE, does=True),
    Transition(D.REAPPEARED, "do", D.DONE, does=True),
    Transition(D.DONE, "review", D.UNDER_REVIEW),
    Transition(D.CONFIRMED, "review", D.UNDER_REVIEW),
    Transition(D.UNDER_REVIEW, "confirm", D.CONFIRMED),
    *(Transition(each, "reappear", D.REAPPEARED, only_reappearing=True) for each in _IN_FORCE[:3]),
    *(Transition(each, "effects", each) for each in _IN_FORCE),
    *(Transition(each, "lift", D.LIFTED, ends=True) for each in (D.REQUESTED, *_IN_FORCE)),
)
BY_SOURCE_AND_ACTION: Final[Mapping[tuple[str, str], Transition]] = MappingProxyType(
    {(row.source, row.action): row for row in TRANSITIONS}
)


def actions_for(state: str, kind: str) -> list[Transition]:
    """Return the rows that are open to a disposition of this kind as it stands, in the table's order."""
    reappears = dispositions.BY_CODE[kind].reappears
    return [row for row in TRANSITIONS if row.source == state and (reappears or not row.only_reappearing)]
