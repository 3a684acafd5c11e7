"""An official request end to end, and one refused for scope; a bulletin of which a second query recomputes every figure."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    tests = (
        "tests/clues/official_requests/test_end_to_end.py",
        "tests/clues/official_requests/test_scope.py",
        "tests/clues/official_requests/test_deciding.py",
        "tests/clues/statements/test_bulletin.py",
    )
    return {"scale": {}, **run_tests("--full-scale", *tests)}
