"""`python -m tests.prove`: which Shows it runs, and that what earlier runs wrote stays."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

prove = importlib.import_module("tests.prove.__main__")


def test_all_shows_in_order() -> None:
    names = prove.list_shows()
    assert names[:9] == [f"2.{number}" for number in range(1, 10)]
    assert names[9:17] == [f"3.{number}" for number in range(1, 9)]
    assert names[17:22] == [f"4.{number}" for number in (1, 2, 3, 5, 6)]  # 3 holds 4; 7 is looked at by people
    assert names[22:28] == [f"5.{number}" for number in range(1, 7)]
    assert names[28:33] == [f"6.{number}" for number in range(1, 6)]
    assert names[33:] == [f"7.{number}" for number in range(1, 10)]
    assert names == sorted(names, key=lambda name: [int(part) for part in name.split(".")])
    assert prove.choose_shows([]) == names


def test_every_show_can_be_run() -> None:
    for name in prove.list_shows():
        issue, number = name.split(".")
        show = importlib.import_module(f"tests.prove.issue_{issue}.show_{number}")
        assert callable(show.run) and show.__doc__


def test_some_shows() -> None:
    assert prove.choose_shows(["3.4", "2.1"]) == ["3.4", "2.1"]
    assert prove.choose_shows(["2"]) == [f"2.{number}" for number in range(1, 10)]
    for nothing in ("9.1", "1", "x", "2.", "2.99"):
        with pytest.raises(ValueError, match="there is no Show"):
            prove.choose_shows([nothing])


def test_what_was_written_before_there_were_issues(tmp_path: Path) -> None:
    path = tmp_path / "prove.json"
    path.write_text(json.dumps({"1": {"holds": True}, "3.4": {"holds": False}}), encoding="utf-8")
    assert prove.read_earlier(path) == {"2.1": {"holds": True}, "3.4": {"holds": False}}
    assert prove.read_earlier(tmp_path / "nothing") == {}
