"""The evaluation: the trigger itself against synthetic members, a few by default, all with `--full-scale`."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from tests.clues.fishing.simulation import ALIKE, FISHERS, HONEST, QUESTIONS, SHARED, Profile, make_seed
from tests.clues.fishing.world import play
from tests.factories import make_institution


def run(
    name: str, kinds: Mapping[str, tuple[int, Profile]], part: float, most: int = 10**9
) -> dict[str, tuple[int, int]]:
    """(played, stopped) by kind of profile."""
    found = {}
    for kind, (count, profile) in kinds.items():
        played = max(1, round(count * part))
        stopped = 0
        for number in range(played):
            calls = profile(Random(f"{make_seed()}|{name}|{kind}|{number}"))
            # Usual days before a burst are not fishing yet: they do not count towards its two thousand.
            allowed = most + len(calls) - QUESTIONS if most < 10**9 else most
            who = make_institution(f"{name} {kind} {number}"[:100])
            stopped += play(who.pk, calls, most=allowed)[1]
        found[kind] = (played, stopped)
    return found


def ratio(found: dict[str, tuple[int, int]]) -> float:
    return sum(stopped for _, stopped in found.values()) / sum(played for played, _ in found.values())


@pytest.mark.usefixtures("fresh_database")
def test_fishers_are_stopped_and_honest_members_are_not(scale: Any, capsys: Any) -> None:
    """In a database of its own: alone it takes a tenth of the time that it took behind others, by what they leave, it seems."""
    part = scale(2, full=100) / 100
    fishers, honest, alike, shared = (
        run("fisher", FISHERS, part, QUESTIONS), run("honest", HONEST, part), run("alike", ALIKE, part),
        run("shared", SHARED, part, QUESTIONS),
    )  # fmt: skip
    with capsys.disabled():
        for found in (fishers, honest, alike, shared):
            for kind, (played, stopped) in found.items():
                print(f"\n  {stopped} of {played} stopped: {kind}", end="")
        print(
            f"\nfishers_stopped_ratio={ratio(fishers):.4f} honest_alarm_ratio={ratio(honest):.4f}"
            f" alike_stopped_ratio={ratio(alike):.4f} shared_stopped_ratio={ratio(shared):.4f}"
            f" fishers={sum(played for played, _ in fishers.values())} honest={sum(played for played, _ in honest.values())}"
        )
    assert ratio(fishers) >= 0.95 and ratio(honest) <= 0.01
