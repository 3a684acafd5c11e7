"""Fixtures of this folder: the scene of tests/clues/scene.py with a telecom operator beside it, rolled back afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.clues.requests.world import World


@pytest.fixture
def world(db: None, settings: Any) -> World:
    """Aster and Birch at one match, Cedar beside it, Delta who carries the calls."""
    from tests.clues.requests.world import make_world

    settings.AIF_DISCLOSURE_TICK = 0.01
    # Nobody logs in by password here, and slow hashes for each test would be most of its time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_world()
