"""The world of the isolation matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """One object of every kind, and everybody who asks."""
    from clues import tasks
    from tests.trust.matrix.world import make_world

    monkeypatch.setattr(tasks, "ring", lambda: None)
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_world()
