"""Fixtures of this folder: the scene of tests/clues/scene.py with a vault of its own, rolled back after the test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.clues.scene import Scene


@pytest.fixture
def vault(settings: Any, tmp_path: Path) -> Path:
    """An empty folder for the objects of the vault."""
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture
def scene(vault: Path, scene: Scene) -> Scene:
    """The scene, with that folder."""
    return scene
