"""Journeys A to D in Chromium: invitation and factors, an import of 2,000 rows, screening and a watch, a dispute."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"rows": 2_000, "shared_hosts": 6},
        **run_tests(
            "--full-scale",
            "tests/browser/test_journey_a.py",
            "tests/browser/test_journey_b.py",
            "tests/browser/test_asking.py",
        ),
    }
