"""The transition table of requests, for each receiver by itself: the row is the rule.

Buttons, permissions, audit verbs, who is told, the diagram in the decision 0036 and the tests derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.vocabulary import request_kinds
from clues.models import MemberRequest, RequestParty
from members.permissions import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Guard = Callable[[MemberRequest, RequestParty], str | None]


class Side(StrEnum):
    """Who acts."""

    SENDER = "sender"
    RECEIVER = "receiver"
    ALLIANCE = "alliance"
    CLOCK = "clock"


def is_not_taken_up(request: MemberRequest, party: RequestParty) -> str | None:
    """What was taken up once stays so."""
    return gettext_noop("This is taken up already.") if party.taken_up_at is not None else None


def awaits_an_answer(request: MemberRequest, party: RequestParty) -> str | None:
    """What asks for nothing cannot be declined."""
    if request_kinds.BY_CODE[request.kind].due != request_kinds.ANSWER:
        return gettext_noop("Nothing is asked here that could be declined.")
    return None


def awaits_no_answer(request: MemberRequest, party: RequestParty) -> str | None:
    """What asks for an answer is closed by it, or withdrawn."""
    if request_kinds.BY_CODE[request.kind].due == request_kinds.ANSWER:
        return gettext_noop("This still waits for its answer; withdraw it if you need none any more.")
    return None


def was_escalated(request: MemberRequest, party: RequestParty) -> str | None:
    """The alliance steps in only where the clock ran out."""
    if party.escalated_at is None:
        return gettext_noop("Its clock has not run out; the alliance stays out of it.")
    return None


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, by what action, to where; who may, when, and the audit verb."""

    sources: frozenset[str]
    action: str
    target: str
    side: Side
    verb: str
    by: Permission | None = None
    needs: tuple[Guard, ...] = ()


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        RequestParty.SENT: _("Sent"),
        RequestParty.TAKEN_UP: _("Taken up"),
        RequestParty.ESCALATED: _("Overdue, with the alliance"),
        RequestParty.ANSWERED: _("Answered"),
        RequestParty.CLOSED: _("Closed"),
        RequestParty.DECLINED: _("Declined"),
        RequestParty.WITHDRAWN: _("Withdrawn"),
    }
)
OPEN: Final = frozenset({RequestParty.SENT, RequestParty.TAKEN_UP, RequestParty.ESCALATED})
RESTING: Final = frozenset({RequestParty.CLOSED, RequestParty.DECLINED, RequestParty.WITHDRAWN})

TAKE_UP, ANSWER, DECLINE, WITHDRAW, CLOSE = "take-up", "answer", "decline", "withdraw", "close"
SEND, ESCALATE, REMIND, END = "send", "escalate", "remind", "end"

_P = Permission
_SENT, _TAKEN, _LATE = (
    frozenset({state}) for state in (RequestParty.SENT, RequestParty.TAKEN_UP, RequestParty.ESCALATED)
)
# fmt: off
TRANSITIONS: Final = (
    Transition(_SENT | _LATE, TAKE_UP, "taken-up", Side.RECEIVER, "request.take-up", _P.REQUEST_ANSWER,
               (is_not_taken_up,)),
    Transition(OPEN, ANSWER, "answered", Side.RECEIVER, "request.answer", _P.REQUEST_ANSWER),
    Transition(OPEN, DECLINE, "declined", Side.RECEIVER, "request.decline", _P.REQUEST_ANSWER, (awaits_an_answer,)),
    Transition(OPEN, WITHDRAW, "withdrawn", Side.SENDER, "request.withdraw", _P.REQUEST_SEND),
    Transition(frozenset({"answered"}), CLOSE, "closed", Side.SENDER, "request.close", _P.REQUEST_SEND),
    Transition(_TAKEN, CLOSE, "closed", Side.SENDER, "request.close", _P.REQUEST_SEND, (awaits_no_answer,)),
    Transition(_SENT | _TAKEN, ESCALATE, "escalated", Side.CLOCK, "request.escalate"),
    Transition(_LATE, REMIND, "escalated", Side.ALLIANCE, "request.remind", _P.REQUEST_MEDIATE),
    Transition(_LATE | _TAKEN, END, "closed", Side.ALLIANCE, "request.end", _P.REQUEST_MEDIATE, (was_escalated,)),
)
# fmt: on


def find(action: str, *, side: Side, request: MemberRequest, party: RequestParty) -> tuple[Transition | None, str]:
    """Return the row of the table for a party as it stands, and if there is none or a guard speaks against it, why."""
    why = gettext_noop("This is not open in the present state; reload the page.")
    for row in TRANSITIONS:
        if row.action == action and row.side == side and party.state in row.sources:
            found = next((said for guard in row.needs if (said := guard(request, party))), None)
            if found is None:
                return row, ""
            why = found
    return None, why


def actions_for(*, side: Side, request: MemberRequest, party: RequestParty) -> frozenset[str]:
    """Return what a side could do about a party as it stands, permissions aside."""
    known = {row.action for row in TRANSITIONS if row.side == side}
    return frozenset(action for action in known if find(action, side=side, request=request, party=party)[0] is not None)
