"""Rows that end whoever works on them (tests.clues.matching.poisoned)."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def poison(monkeypatch: Any) -> Any:
    """`poison("bad-1")` lets the rows of these references end whoever works on them."""
    from tests.clues.matching.poisoned import poisoning

    return poisoning(monkeypatch)
