"""The joint case of tests/clues/joint.py, and a vault in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clues.cases.conftest import audited, joint, scene

__all__ = ["audited", "joint", "scene"]


@pytest.fixture(autouse=True)
def evidence_folder(tmp_path: Path, settings: Any) -> Path:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return tmp_path / "evidence"
