"""Bombs refused at every door, generated requests without a 5xx, and planted canaries found nowhere."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(8)
