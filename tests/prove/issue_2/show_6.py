"""Overlapping batches, 200 rounds at a barrier: matches and parties equal the SQL oracle, and the test can fail."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests

ROUNDS = 200


def run() -> dict[str, Any]:
    return {"scale": {"rounds": ROUNDS}, **run_tests("tests/clues/matching", "--full-scale")}
