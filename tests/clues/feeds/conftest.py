"""Fixtures of this folder: the scene of tests/clues/scene.py, rolled back after the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.clues.scene import Scene


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    """Everybody, one match, one ring."""
    from tests.clues.scene import make_scene

    settings.AIF_DISCLOSURE_TICK = 0.01
    # Nobody logs in by password here, and nine slow hashes for each test would be most of its time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


@pytest.fixture
def audited(db: None) -> Any:
    """`audited(verb)` lists who did it, in order; the trail is the desk's to read."""
    from members.models import AuditEvent
    from tests.factories import acting_as

    def actors(verb: str) -> list[str]:
        with acting_as("aif_desk"):
            return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("actor_ref", flat=True))

    return actors
