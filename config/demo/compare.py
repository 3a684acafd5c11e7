"""What was found, beside what was planted: pure comparisons that end in a list of differences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from config.demo.planted import ExpectedMatch, Plan


def read_spellings(plan: Plan) -> dict[tuple[str, str], str]:
    """(type, raw as submitted) -> planted id. Raise ValueError if one spelling stands for two objects."""
    spellings: dict[tuple[str, str], str] = {}
    for clue in plan.clues:
        for report in clue.reports:
            key = (report.planted.type, report.raw)
            if spellings.setdefault(key, report.planted.id) != report.planted.id:
                raise ValueError(f"two planted objects share a spelling: {report.planted.id}")
    return spellings


def collect_matches(
    plan: Plan, seen: Mapping[str, Iterable[Mapping[str, Any]]]
) -> tuple[set[ExpectedMatch], list[str]]:
    """Join what the members saw into matches; ``seen`` is institution -> its list of ``aif-share matches --json``.

    Returns the matches, each with the institutions that saw it, and what is wrong with the lists themselves: a match that
    a member sees twice, or whose value its map does not know.
    """
    spellings = read_spellings(plan)
    parties: dict[tuple[str, str], set[str]] = defaultdict(set)
    faults = []
    for institution, matches in seen.items():
        counted: Counter[str] = Counter()
        for match in matches:
            planted = spellings.get((match["type"], match["raw"] or ""))
            if planted is None:
                faults.append(f"{institution} sees match {match['match']} and its map does not know the value")
                continue
            counted[planted] += 1
            parties[planted, match["type"]].add(institution)
        faults += [f"{institution} sees {planted} {count} times" for planted, count in counted.items() if count > 1]
    found = {ExpectedMatch(planted, type_code, frozenset(members)) for (planted, type_code), members in parties.items()}
    return found, faults


def compare_matches(plan: Plan, found: set[ExpectedMatch]) -> list[str]:
    """Differences between found and planted matches, parties included."""
    expected = set(plan.matches)
    by_id = {match.planted: match for match in found}
    faults = []
    for match in sorted(expected - found, key=lambda match: match.planted):
        other = by_id.get(match.planted)
        if other is None:
            faults.append(f"match {match.planted} was not found")
        else:
            faults.append(f"match {match.planted}: seen by {sorted(other.parties)}, expected {sorted(match.parties)}")
    planted = {match.planted for match in expected}
    return faults + [
        f"match {match.planted} was not planted"
        for match in sorted(found - expected, key=lambda match: match.planted)
        if match.planted not in planted
    ]


def compare_rings(plan: Plan, found: Sequence[frozenset[str]]) -> list[str]:
    """Differences between found and planted rings; each found ring is the set of its clues' ``client_ref``."""
    expected = {ring.clues: ring.planted for ring in plan.rings}
    faults = [f"{name} was not found as planted" for clues, name in expected.items() if clues not in found]
    for clues in found:
        if clues not in expected:
            touched = sorted(name for planted, name in expected.items() if planted & clues)
            faults.append(f"a ring of {len(clues)} clues was not planted; it touches {touched or 'no planted ring'}")
    return faults
