"""A gang of four institutions from its ring to the judgment in Chromium, and the published figures, replayed as entries."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    tests = ("tests/browser/test_case_journey.py", "tests/clues/reports/test_outcomes.py")
    return {
        "scale": {"institutions": 4, "proceedings": 2, "published_figure_sets": 3},
        **run_tests("--full-scale", *tests),
    }
