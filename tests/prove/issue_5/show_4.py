"""Unmerging restores both rings exactly; a rebuild by scipy agrees on random histories; no deadlock in 1,000 batches."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests

TESTS = (
    "tests/clues/rings/test_unmerge.py",
    "tests/clues/rings/test_histories.py",
    "tests/clues/rings/test_under_load.py",
)


def run() -> dict[str, Any]:
    return {
        "scale": {"histories": 300, "restored": 100, "batches": 1000, "matchers": 2},
        **run_tests("--full-scale", "-s", *TESTS),
    }
