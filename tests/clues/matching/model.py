"""What the hub, matches, parties and events should be, computed the slow and plain way from everything reported.

Nothing here is set-based, incremental or clever: after each step everything is made anew from all clues, and the
difference to what was before is what parties are told. It is read beside the glossary and contract.md, not beside the SQL.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

GRADES = ("A", "B1", "B2", "C")
BANDS = ((1, 1), (2, 4), (5, 10**9))
LIVE_FOR_BANDS = 5
NEVER_SCORING = ("victim", "represented-consumer", "recognized-representative")

Value = int
Member = int
Said = tuple[frozenset[str], str]
"""What a party says of an identifier: categories, best grade."""


@dataclass
class Clue:
    """One clue as it stands."""

    member: Member
    body: dict[str, Any]
    category: str
    grade: str
    identifiers: dict[Value, str]  # value -> role
    received_at: datetime
    state: str = "active"


@dataclass
class Model:
    """The alliance; `groups[member]` is the group of a member, and every member is live."""

    groups: dict[Member, int]
    clues: dict[str, Clue] = field(default_factory=dict)
    blocked: set[Value] = field(default_factory=set)
    parties: dict[Value, dict[Member, Said]] = field(default_factory=dict)
    told: set[tuple[Value, Member]] = field(default_factory=set)
    events: Counter[tuple[Member, str, Value]] = field(default_factory=Counter)

    def counting(self, value: Value) -> list[Clue]:
        """The clues in which the identifier counts."""
        return [
            clue
            for clue in self.clues.values()
            if clue.state == "active"
            and value not in self.blocked
            and clue.identifiers.get(value, "victim") not in NEVER_SCORING
        ]

    def values(self) -> set[Value]:
        """Every identifier that anybody reports."""
        return {value for clue in self.clues.values() for value in clue.identifiers}

    def hub(self) -> dict[Value, tuple[frozenset[int], int, datetime, datetime]]:
        """Identifier -> groups, sightings, first and last seen; nothing for one that counts nowhere."""
        made = {}
        for value in self.values():
            if found := self.counting(value):
                seen = [clue.received_at for clue in found]
                groups = frozenset(self.groups[clue.member] for clue in found)
                made[value] = (groups, len(found), min(seen), max(seen))
        return made

    def due(self) -> dict[Value, dict[Member, Said]]:
        """Identifier -> its parties, for those that two independent groups or more reported."""
        made = {}
        for value in self.values() | self.parties.keys():
            found = self.counting(value)
            if len({self.groups[clue.member] for clue in found}) > 1:
                made[value] = {
                    member: said([(c.category, c.grade) for c in found if c.member == member])
                    for member in {clue.member for clue in found}
                }
        return made

    def step(self) -> None:
        """One transaction of the matcher is over: tell parties of the difference."""
        after = self.due()
        for value in self.parties.keys() | after.keys():
            self._tell(value, self.parties.get(value, {}), after.get(value, {}))
        self.parties = after

    def _tell(self, value: Value, before: dict[Member, Said], after: dict[Member, Said]) -> None:
        for member in after.keys() - before.keys():
            self.events[member, "match.released", value] += 1
        for member in before:
            if (value, member) not in self.told:
                if member not in after:
                    self.events[member, "match.released", value] -= 1  # it never learns that there was something
            elif member not in after:
                self.events[member, "match.undone", value] += 1
                self.told.discard((value, member))
            elif rose := self.band(after, member) - self.band(before, member):
                self.events[member, "match.grew" if rose > 0 else "match.shrank", value] += 1
            elif others(before, member) != others(after, member):
                self.events[member, "match.changed", value] += 1

    def band(self, parties: dict[Member, Said], member: Member) -> int:
        """The number of the band that a party sees: of the other groups, nothing in a small alliance."""
        if len(self.groups) < LIVE_FOR_BANDS:
            return 0
        beside = len({self.groups[m] for m in parties} - {self.groups[member]})
        return next((n for n, (least, most) in enumerate(BANDS, 1) if least <= beside <= most), 0)

    def release(self) -> None:
        """The tick: every party knows."""
        self.told |= {(value, member) for value, found in self.parties.items() for member in found}


def said(reports: list[tuple[str, str]]) -> Said:
    """Categories and the best grade of some reports."""
    return frozenset(c for c, _ in reports), min((g for _, g in reports), key=GRADES.index)


def others(parties: dict[Member, Said], member: Member) -> Said:
    """What a party can see of the others, all taken together."""
    return said([(c, grade) for m, (categories, grade) in parties.items() if m != member for c in categories])
