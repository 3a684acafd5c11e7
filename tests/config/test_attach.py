"""Whose environment a command of manage.py works in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.stack.attach import attach


@pytest.mark.parametrize("way", ["", "_FILE", "_COMMAND"])
def test_an_own_database_is_named_in_any_way(tmp_path: Path, monkeypatch: Any, way: str) -> None:
    """Red if one is overlooked: the command would end, or take a stack's database beside its own."""
    monkeypatch.setenv("AIF_DATA", str(tmp_path))
    monkeypatch.setenv(f"DATABASE_URL{way}", "x")
    attach("doctor")


def test_without_one_and_without_a_stack_it_ends(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("AIF_DATA", str(tmp_path))
    with pytest.raises(SystemExit):
        attach("doctor")
