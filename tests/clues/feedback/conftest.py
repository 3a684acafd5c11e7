"""The alliance of the tests of disputes."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def world(fresh_database: str, settings: Any) -> Any:
    """See tests/clues/disputes/world.py."""
    from tests.clues.disputes.world import World

    settings.AIF_DISCLOSURE_TICK = 0.01
    return World()
