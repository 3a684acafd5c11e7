"""Spellings of one phone and both forms of one resident ID give one token; normalization is idempotent for every type."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"types": "all"},
        **run_tests(
            "tests/aif_share/identifiers", "tests/aif_share/client/test_stack.py", "tests/config/test_demo_plan.py"
        ),
    }
