"""Hit and miss of a submission take the same time and have the same length, over 2 × 2,000 of them."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(6)
