"""The scene of tests/clues/scene.py, rolled back after the test. A folder whose tests commit has a world of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.clues.scene import Scene


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    """Everybody, one match, one ring."""
    return _make_scene(settings)


@pytest.fixture
def committed_scene(fresh_database: str, settings: Any) -> Scene:
    """The same on a database of its own, where what is committed, and when, is the point."""
    return _make_scene(settings)


def _make_scene(settings: Any) -> Scene:
    from tests.clues.scene import make_scene

    settings.AIF_DISCLOSURE_TICK = 0.01
    # Nobody logs in by password here, and nine slow hashes for each test would be most of its time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_scene()


@pytest.fixture
def joint(scene: Scene) -> Any:
    """The scene's case in joint work (tests.clues.joint)."""
    from tests.clues.joint import make_joint

    return make_joint(scene)


@pytest.fixture
def audited(db: None) -> Any:
    """`audited(verb)` lists who did it, in order; the trail is the desk's to read."""
    from members.models import AuditEvent
    from tests.factories import acting_as

    def actors(verb: str) -> list[str]:
        with acting_as("aif_desk"):
            return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("actor_ref", flat=True))

    return actors


@pytest.fixture(scope="session")
def signer_text() -> str:
    """A key that signs packages, and its certificate."""
    from django.utils import timezone

    from clues.packages.signing import make_signer

    return make_signer(name="Test alliance", now=timezone.now())


@pytest.fixture
def signer(signer_text: str, settings: Any) -> Any:
    """The signer of this installation."""
    from django.utils import timezone

    from clues.packages.signing import load_signer

    settings.AIF_PACKAGE_SIGNER = signer_text
    return load_signer(now=timezone.now())
