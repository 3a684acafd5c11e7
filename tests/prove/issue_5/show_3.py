"""Two administrators approve at once, 500 rounds: one winner each, one audit event; two institutions claim, 100 rounds."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"rounds": 500, "claims": 100},
        **run_tests("--full-scale", "tests/clues/cases/test_at_once.py"),
    }
