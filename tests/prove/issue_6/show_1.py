"""Three members, a second person's release, and a package that verifies from an empty folder; any flipped bit is named."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    tests = ("tests/browser/test_package_journey.py", "tests/clues/packages")
    return {"scale": {"members": 3, "flipped_files": 100}, **run_tests("--full-scale", *tests)}
