"""No text is untranslated, and no Chinese page shows English sentences."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {"scale": {"languages": 2}, **run_tests("--full-scale", "tests/members/test_translations.py")}
