"""Is an official request within what may be asked? Its items held against the tables of the vocabulary, one rule a row.

What comes out are findings, codes of `scope-findings`; none means that it is in scope. Whether anything is given is another
matter: that two people decide, and the members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from aif_share.vocabulary import official_bases, official_items
from aif_share.vocabulary.official_bases import OfficialBasis
from aif_share.vocabulary.official_items import OfficialItem
from clues.models import OfficialRequest

MAX_AGE: Final = timedelta(days=90)
"""How old a document may be when it arrives."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the check looks at."""

    kind: str
    authority_kind: str
    basis: str
    items: tuple[str, ...]
    subjects: int
    from_date: date | None
    until_date: date | None
    document_date: date
    received_on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against it; `item` is empty where the request as a whole is meant."""

    code: str
    item: str = ""


ItemRule = Callable[[Asked, OfficialItem], bool]


def _is_of_the_alliance(asked: Asked, item: OfficialItem) -> bool:
    return bool(item.authorities)


def _authority_may(asked: Asked, item: OfficialItem) -> bool:
    return not item.authorities or asked.authority_kind in item.authorities


def _kind_carries(asked: Asked, item: OfficialItem) -> bool:
    return not item.authorities or asked.kind in item.kinds


def _names_subjects(asked: Asked, item: OfficialItem) -> bool:
    return not item.most_subjects or asked.subjects > 0


def _subjects_are_few(asked: Asked, item: OfficialItem) -> bool:
    return not item.most_subjects or asked.subjects <= item.most_subjects


def _names_a_period(asked: Asked, item: OfficialItem) -> bool:
    return not item.most_subjects or _days(asked) is not None


def _period_is_short(asked: Asked, item: OfficialItem) -> bool:
    days = _days(asked)
    return not item.most_subjects or days is None or days <= item.most_days


ITEM_RULES: Final[tuple[tuple[str, ItemRule], ...]] = (
    ("not-of-the-alliance", _is_of_the_alliance),
    ("authority-may-not", _authority_may),
    ("kind-does-not-carry", _kind_carries),
    ("subjects-missing", _names_subjects),
    ("too-many-subjects", _subjects_are_few),
    ("period-missing", _names_a_period),
    ("period-too-long", _period_is_short),
)
"""Code of the finding -> what has to hold of every item asked for."""


def check(asked: Asked) -> list[Finding]:
    """Return what speaks against a request: of the whole first, then item by item."""
    found = []
    basis = official_bases.BY_CODE.get(asked.basis)
    if basis is None or not _covers(basis, asked):
        found.append(Finding("basis-does-not-cover"))
    if asked.received_on - asked.document_date > MAX_AGE:
        found.append(Finding("document-too-old"))
    for code in asked.items:
        item = official_items.BY_CODE[code]
        found += [Finding(name, code) for name, holds in ITEM_RULES if not holds(asked, item)]
    return found


def asked_of(request: OfficialRequest) -> Asked:
    """Return what the check looks at of a stored request."""
    return Asked(
        kind=request.kind,
        authority_kind=request.authority_kind,
        basis=request.basis,
        items=tuple(request.items),
        subjects=request.subjects,
        from_date=request.from_date,
        until_date=request.until_date,
        document_date=request.document_date,
        received_on=request.received_on,
    )


def _covers(basis: OfficialBasis, asked: Asked) -> bool:
    return asked.authority_kind in basis.authorities and asked.kind in basis.kinds


def _days(asked: Asked) -> int | None:
    if asked.from_date is None or asked.until_date is None:
        return None
    return (asked.until_date - asked.from_date).days + 1
