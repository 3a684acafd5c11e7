"""Control-kill score: each control of design/trust.md, section 2, taken away in turn, and whether a test of the suite turns red."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(7)
