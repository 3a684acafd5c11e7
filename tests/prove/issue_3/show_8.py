"""Random histories of four institutions equal the model; each broken form is seen; everything at once stays one truth."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests

HISTORIES = 2_000
TESTS = (
    "tests/clues/matching/test_random_histories.py",
    "tests/clues/matching/test_broken_histories.py",
    "tests/journeys/test_all_at_once.py",
)


def run() -> dict[str, Any]:
    return {"scale": {"histories": HISTORIES}, **run_tests(*TESTS, "--full-scale")}
