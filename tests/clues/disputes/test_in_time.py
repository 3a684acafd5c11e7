"""On a running stack: a disputed clue stops answering within five seconds (issue 3, Show 7; full scale in make prove)."""

from __future__ import annotations

from collections.abc import Callable

from config.stack import Stack
from tests.prove.disputes import measure


def test_it_stops_within_seconds(stack: Stack, scale: Callable[..., int]) -> None:
    found = measure(stack, disputes=scale(6, full=40), rate=scale(2_000, full=10_000))
    seconds = sorted(found["seconds"])
    assert seconds[int(len(seconds) * 0.95)] <= 5, seconds
    assert found["load_clues"] > 0
