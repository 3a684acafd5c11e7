"""Isolation: every address × method × asker × object, what is another's answers like what is not there, and nothing moves."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(3)
