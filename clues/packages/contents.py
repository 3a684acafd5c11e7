"""What a package says, as plain rows: gathered from a case once, and written out as tables, report and manifest.

Nothing here reads the database. Parties stand under the name by which the case knows them outside: their own, or a pseudonym.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

AMOUNTS: Final = ("amount_claimed", "amount_lost", "amount_prevented")
COUNTS: Final = ("victims", "persons")


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Party:
    """One member of the alliance and what it approved. Amounts in yuan, as it reported them; None is unknown.

    `approved_at` is None, and the rest empty, for one that the alliance went on without: `excused` says why then.
    """

    party: str
    name: str
    sector: Words
    is_lead: bool
    is_named: bool
    facts: str = ""
    amount_claimed: Decimal | None = None
    amount_lost: Decimal | None = None
    amount_prevented: Decimal | None = None
    victims: int | None = None
    persons: int | None = None
    from_date: date | None = None
    until_date: date | None = None
    approved_at: datetime | None = None
    excused: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A raw value that a member put into its part; `role` is that of the identifier in what happened."""

    party: str
    type: str
    type_name: Words
    role: str
    role_name: Words
    value: str


@dataclass(frozen=True, slots=True)
class Report:
    """A clue that a member contributed."""

    clue: str
    party: str
    category: str
    category_name: Words
    grade: str
    channel: str
    observed_at: datetime | None
    received_at: datetime
    region: str
    amount_cny: Decimal | None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item: which file of the package it is, what it is, where it came from, and its digests (hexadecimal)."""

    evidence: str
    party: str
    kind: str
    kind_name: Words
    title: str
    file: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    collected_at: datetime
    time_source: str
    collected_by: str
    device: str
    witness: str
    note: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Custody:
    """One link of an item's chain, in order: what was done, when, by whom, and what binds it to the one before.

    `digest` is SHA-256 of the JSON `[previous, evidence, number, action, at, actor, note]` without spaces; `actor` stands for
    who acted, so that the chain of a party that is not named can be checked all the same.
    """

    evidence: str
    number: int
    at: datetime
    action: str
    action_name: Words
    by: str
    note: str
    actor: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a charge: what shows it (evidence and parties), or who could supply what is missing."""

    charge: str
    charge_name: Words
    source: str
    element: str
    element_name: Words
    evidence: tuple[str, ...] = ()
    stated_by: tuple[str, ...] = ()
    missing: bool = True
    could_supply: tuple[str, ...] = ()
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the case, without the people behind it."""

    at: datetime
    action: Words
    state: Words
    by: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A package before it is written. `receiver` is a kind of authority, `unit` the office in words."""

    package: str
    case: str
    version: int
    receiver: str
    receiver_name: Words
    unit: str
    made_at: datetime
    case_opened_at: datetime
    case_approved_at: datetime
    tlp: Words
    categories: tuple[Words, ...] = ()
    parties: tuple[Party, ...] = ()
    reports: tuple[Report, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    custody: tuple[Custody, ...] = ()
    elements: tuple[Element, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def missing(self) -> tuple[Element, ...]:
        """The elements that nothing shows yet."""
        return tuple(each for each in self.elements if each.missing)

    def total(self, name: str) -> Decimal | int | None:
        """Return the sum of one figure over the parties that know it; None if none does."""
        known = [value for each in self.parties if (value := getattr(each, name)) is not None]
        return sum(known) if known else None

    def called(self, party: str) -> str:
        """Return the name by which a party stands in the package."""
        return next((each.name for each in self.parties if each.party == party), party)


def as_document(contents: Contents) -> dict[str, Any]:
    """Return everything as JSON-ready values: amounts as text, moments in UTC with a `Z`, days as they are."""
    return {each.name: _plain(getattr(contents, each.name)) for each in fields(contents)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, (Decimal, date)):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return _plain(asdict(value)) if hasattr(value, "__dataclass_fields__") else value
