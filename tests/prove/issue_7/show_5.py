"""Fishing: at least 95 of 100 fishers are stopped within 2,000 questions, at most one of 100 honest members is alarmed."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(5)
