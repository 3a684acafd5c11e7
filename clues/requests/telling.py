"""Who is told of what: one table. Whoever acts is not told of the own act; the alliance is told by its queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from clues import events
from clues.events import telling
from clues.models import MemberRequest, RequestParty

from . import workflow


@dataclass(frozen=True, slots=True)
class Told:
    """The kind of event that each side gets; None for nothing. `in_queue`: it stands in the alliance's queue."""

    receiver: str | None
    sender: str | None
    in_queue: bool = False


TOLD: Final[Mapping[str, Told]] = MappingProxyType(
    {
        workflow.SEND: Told(events.REQUEST_RECEIVED, None),
        workflow.TAKE_UP: Told(None, events.REQUEST_TAKEN_UP),
        workflow.ANSWER: Told(None, events.REQUEST_ANSWERED),
        workflow.DECLINE: Told(None, events.REQUEST_DECLINED),
        workflow.WITHDRAW: Told(events.REQUEST_WITHDRAWN, None),
        workflow.CLOSE: Told(events.REQUEST_CLOSED, None),
        workflow.ESCALATE: Told(events.REQUEST_ESCALATED, events.REQUEST_ESCALATED, in_queue=True),
        workflow.REMIND: Told(events.REQUEST_REMINDED, None, in_queue=True),
        workflow.END: Told(events.REQUEST_CLOSED, events.REQUEST_CLOSED),
    }
)
URGENT_INSTEAD: Final[Mapping[str, str]] = MappingProxyType({events.REQUEST_RECEIVED: events.REQUEST_URGENT})
"""What is told by a kind of its own when the clock is the urgent one: people want it mailed at once."""


def tell(
    request: MemberRequest, action: str, parties: Iterable[RequestParty], *, now: datetime, sender: bool = True
) -> None:
    """Write the events of an action that moved `parties`: one for each receiver, one for the sender unless told not to.

    The sender of a request over a match must not learn from their number how many receivers there are.
    """
    row = TOLD[action]
    told = [(party.institution_id, row.receiver) for party in parties] if row.receiver else []
    if row.sender and sender:
        told.append((request.sender_id, row.sender))
    if request.clock == "urgent":
        told = [(institution, URGENT_INSTEAD.get(kind, kind)) for institution, kind in told]
    telling.tell("RQ", request.pk, told, now=now)
