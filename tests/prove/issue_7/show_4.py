"""1,000 random tamperings of the transparency log by a superuser: a witness finds all; without one, a cut is called unwitnessed."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"tamperings": 1_000, "events": 300},
        **run_tests("--full-scale", "tests/members/test_log_tampering.py"),
    }
