"""What the generator plants: objects, clues that report them, and the expectation drawn from both.

An object (``Planted``) is one phone, card or site under an id of ours. Clues report it in several spellings. The
expectation is a statement about planted ids, so it needs no normalization, no token and no database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NEVER_SCORING = frozenset({"victim", "represented-consumer", "recognized-representative"})


@dataclass(frozen=True, slots=True)
class Planted:
    """One object behind an identifier; ``id`` is unique in the plan."""

    id: str
    type: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """One clue names one object, in one spelling and one role."""

    planted: Planted
    raw: str = field(repr=False)
    role: str = "actor"


@dataclass(frozen=True, slots=True)
class PlannedClue:
    """One clue as its institution writes it; ``fields`` are those of the contract except the identifiers.

    ``file`` is the file it is submitted in. ``client_ref`` is unique in the whole plan; a member's plain list brings none
    and lets the client make it.
    """

    client_ref: str
    institution: str
    file: str
    fields: Mapping[str, object]
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class ExpectedMatch:
    """An object that two independent groups report, and every institution that reports it."""

    planted: str
    type: str
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExpectedRing:
    """A planted ring, and the ``client_ref`` of its clues."""

    planted: str
    clues: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the demonstration submits and all that it must find."""

    seed: int
    clues: tuple[PlannedClue, ...]
    matches: tuple[ExpectedMatch, ...]
    rings: tuple[ExpectedRing, ...]


def expect_matches(clues: Iterable[PlannedClue], group_of: Mapping[str, str]) -> tuple[ExpectedMatch, ...]:
    """Every object reported in a scoring role by institutions of at least two groups; all its reporters are parties."""
    reporters: dict[Planted, set[str]] = defaultdict(set)
    for clue in clues:
        for report in clue.reports:
            if report.role not in NEVER_SCORING:
                reporters[report.planted].add(clue.institution)
    return tuple(
        ExpectedMatch(planted.id, planted.type, frozenset(parties))
        for planted, parties in sorted(reporters.items(), key=lambda item: item[0].id)
        if len({group_of[party] for party in parties}) >= 2
    )
