"""What a side is shown of a request, of its steps, and of the identifiers and the complaint it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clues.cases.naming import PartyView
from clues.matching.queries import Mine


@dataclass(frozen=True, slots=True)
class Partner:
    """An institution by name."""

    institution: str
    name: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step as the viewer sees it. `side` did it: `partner` by name, `party` of a case by what the viewer calls it.

    `other` numbers receivers that are neither, in the order they were heard of.
    """

    at: datetime
    action: str
    side: str
    is_own: bool
    partner: Partner | None
    party: PartyView | None
    other: int | None
    code: str
    basis: str
    text: str


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """An identifier that the request is about: its type, and the viewer's own clues that hold it."""

    type: str
    mine: list[Mine]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a referral says of the complaint."""

    category: str
    reference: str
    received_on: date
    consumer_contacted: str | None
    handling: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as one side sees it. The other side is `partner` by name, or one `party` of a case; neither: not named."""

    id: int
    request: str
    side: str
    kind: str
    clock: str
    via: str
    state: str
    due_at: datetime | None
    escalated_at: datetime | None
    released_at: datetime
    case: str | None
    match: str | None
    purpose: str
    basis: str
    complaint: Complaint | None
    partner: Partner | None
    party: PartyView | None
    previous: str | None
    is_running: bool
    actions: frozenset[str]
    steps: tuple[StepView, ...]
    identifiers: tuple[IdentifierView, ...] = ()
