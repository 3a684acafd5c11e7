"""The demonstration's comparison notices everything that may go wrong with what members are told."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from config.demo.compare import collect_matches, compare_matches, compare_rings
from config.demo.plan import build_plan
from config.demo.planted import Plan

Seen = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return build_plan(today=date(2026, 11, 1), scale=0.05)


@pytest.fixture
def seen(plan: Plan) -> Seen:
    """What the members see if the platform is right."""
    raws: dict[tuple[str, str], str] = {}
    for clue in plan.clues:
        for report in clue.reports:
            raws.setdefault((clue.institution, report.planted.id), report.raw)
    told: Seen = defaultdict(list)
    for number, match in enumerate(plan.matches):
        for party in match.parties:
            told[party].append({"match": f"M-{number}", "type": match.type, "raw": raws[party, match.planted]})
    return told


def judge(plan: Plan, seen: Seen) -> list[str]:
    found, faults = collect_matches(plan, seen)
    return faults + compare_matches(plan, found)


def test_what_was_planted_is_right(plan: Plan, seen: Seen) -> None:
    assert judge(plan, seen) == []


def test_a_party_that_is_not_told_is_noticed(plan: Plan, seen: Seen) -> None:
    member = max(seen, key=lambda code: len(seen[code]))
    seen[member].pop()
    assert len(judge(plan, seen)) == 1


def test_a_match_told_to_a_stranger_is_noticed(plan: Plan, seen: Seen) -> None:
    match = next(match for match in plan.matches if len(match.parties) == 2)
    told = next(row for row in seen[min(match.parties)] if row["match"] == f"M-{plan.matches.index(match)}")
    stranger = next(member for member in seen if member not in match.parties)
    seen[stranger].append(told)
    assert judge(plan, seen) == [
        f"match {match.planted}: seen by {sorted(match.parties | {stranger})}, expected {sorted(match.parties)}"
    ]


def test_a_match_told_twice_is_noticed(plan: Plan, seen: Seen) -> None:
    seen["river-bank"].append(seen["river-bank"][0] | {"match": "M-again"})
    assert len(judge(plan, seen)) == 1


def test_a_match_that_was_not_planted_is_noticed(plan: Plan, seen: Seen) -> None:
    planted = {match.planted for match in plan.matches}
    report = next(report for clue in plan.clues for report in clue.reports if report.planted.id not in planted)
    seen["river-bank"].append({"match": "M-new", "type": report.planted.type, "raw": report.raw})
    assert judge(plan, seen) == [f"match {report.planted.id} was not planted"]


@pytest.mark.parametrize("raw", [None, "nobody reported this"])
def test_a_value_the_map_does_not_know_is_noticed(plan: Plan, seen: Seen, raw: str | None) -> None:
    seen["river-bank"].append({"match": "M-new", "type": "domain", "raw": raw})
    assert judge(plan, seen) == ["river-bank sees match M-new and its map does not know the value"]


def test_rings_are_compared_clue_by_clue(plan: Plan) -> None:
    right = [ring.clues for ring in plan.rings]
    assert compare_rings(plan, right) == []
    merged = [right[0] | right[1], *right[2:]]
    assert len(compare_rings(plan, merged)) == 3
    torn = [right[0] - {min(right[0])}, *right[1:]]
    assert len(compare_rings(plan, torn)) == 2
    assert len(compare_rings(plan, right[1:])) == 1
