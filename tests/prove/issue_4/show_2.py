"""The browser's tokens of 300 vectors and its normalization of 2,000 random spellings are Python's."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"tokens": 300, "spellings": 2_000},
        **run_tests(
            "--full-scale", "tests/browser/test_tokens.py", "tests/browser/test_identifiers.py", "tests/frontend"
        ),
    }
