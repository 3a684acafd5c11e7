"""A vault in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def evidence_folder(tmp_path: Path, settings: Any) -> Path:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return tmp_path / "evidence"
