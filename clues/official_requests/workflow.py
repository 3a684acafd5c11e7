"""The transition tables of official requests: at the desk, and at each member they go to. The row is the rule.

Buttons, permissions, audit verbs and the tests derive from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from clues.models import OfficialParty, OfficialRequest
from members.permissions import Permission

from . import scope

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Guard = Callable[[OfficialRequest], str | None]
OFFICERS: Final = 2


def officers_are_verified(request: OfficialRequest) -> str | None:
    """Two officers at least, each verified by somebody of the desk."""
    if request.officers.filter(verified_at__isnull=False).count() < OFFICERS:
        return gettext_noop("Two officers have to be verified first.")
    return None


def is_in_scope(request: OfficialRequest) -> str | None:
    """Nothing that is asked for may lie outside of the table."""
    if scope.check(scope.asked_of(request)):
        return gettext_noop("It asks for what is out of scope; turn it down, or register the corrected document.")
    return None


def members_have_answered(request: OfficialRequest) -> str | None:
    """Nobody may be cut off whose time is not over."""
    if request.parties.filter(state__in=OPEN_AT_MEMBERS, due_at__gt=Now()).exists():
        return gettext_noop("Members have not answered yet, and their time is not over.")
    return None


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the desk's table: from where, by what action, to where; who may, and when."""

    sources: frozenset[str]
    action: str
    target: str
    by: Permission
    needs: tuple[Guard, ...] = ()
    four_eyes: bool = False

    @property
    def verb(self) -> str:
        """The audit verb."""
        return f"official.{self.action}"


@dataclass(frozen=True, slots=True)
class Reply:
    """One row of the members' table."""

    sources: frozenset[str]
    action: str
    target: str

    @property
    def verb(self) -> str:
        """The audit verb."""
        return f"official.{self.action}"


_R, _P = OfficialRequest, OfficialParty
STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        _R.REGISTERED: _("Registered, to be checked"),
        _R.PROPOSED: _("Waits for a second person"),
        _R.ROUTED: _("With the members"),
        _R.ANSWERED: _("Answered to the authority"),
        _R.REFUSED: _("Turned down"),
        _R.WITHDRAWN: _("Withdrawn by the authority"),
    }
)
AT_MEMBERS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        _P.CHOSEN: _("Chosen"),
        _P.ASKED: _("To be answered"),
        _P.CONFIRMED: _("Confirmed, in work"),
        _P.SUPPLIED: _("Supplied"),
        _P.DECLINED: _("Supplies nothing"),
        _P.ENDED: _("Not needed any more"),
    }
)
OPEN: Final = frozenset({_R.REGISTERED, _R.PROPOSED, _R.ROUTED})
OPEN_AT_MEMBERS: Final = frozenset({_P.ASKED, _P.CONFIRMED})

PROPOSE, APPROVE, RETURN, REFUSE, WITHDRAW, ANSWER = "propose", "approve", "return", "refuse", "withdraw", "answer"
CONFIRM, SUPPLY, DECLINE = "confirm", "supply", "decline"
REGISTER, VERIFY = "register", "verify"
_WORK, _DECIDE = Permission.OFFICIAL_WORK, Permission.OFFICIAL_DECIDE
_CHECKED = (officers_are_verified, is_in_scope)
TRANSITIONS: Final = (
    Transition(frozenset({_R.REGISTERED}), PROPOSE, _R.PROPOSED, _WORK, _CHECKED),
    Transition(frozenset({_R.PROPOSED}), APPROVE, _R.ROUTED, _DECIDE, _CHECKED, four_eyes=True),
    Transition(frozenset({_R.PROPOSED}), RETURN, _R.REGISTERED, _DECIDE),
    Transition(frozenset({_R.REGISTERED}), REFUSE, _R.REFUSED, _WORK),
    Transition(frozenset({_R.PROPOSED}), REFUSE, _R.REFUSED, _DECIDE),
    Transition(OPEN, WITHDRAW, _R.WITHDRAWN, _WORK),
    Transition(frozenset({_R.ROUTED}), ANSWER, _R.ANSWERED, _WORK, (members_have_answered,)),
)
REPLIES: Final = (
    Reply(frozenset({_P.ASKED}), CONFIRM, _P.CONFIRMED),
    Reply(OPEN_AT_MEMBERS, SUPPLY, _P.SUPPLIED),
    Reply(OPEN_AT_MEMBERS, DECLINE, _P.DECLINED),
)
NOT_OPEN: Final = gettext_noop("This is not open in the present state; reload the page.")


def find(action: str, *, request: OfficialRequest) -> tuple[Transition | None, str]:
    """Return the row of the desk's table for a request as it stands, and if there is none or a guard objects, why."""
    row = next((row for row in TRANSITIONS if row.action == action and request.state in row.sources), None)
    if row is None:
        return None, NOT_OPEN
    why = next((said for guard in row.needs if (said := guard(request))), None)
    return (row, "") if why is None else (None, why)


def find_reply(action: str, *, state: str) -> Reply | None:
    """Return the row of the members' table for a member's side as it stands, if there is one."""
    return next((row for row in REPLIES if row.action == action and state in row.sources), None)
