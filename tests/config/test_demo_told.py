"""What the demonstration says at its end to whoever wants to try the command."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.demo.__main__ import tell_where
from config.demo.member import Member
from config.stack import Stack


def test_names_the_map_that_knows_the_raw_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack: Any = SimpleNamespace(url="http://127.0.0.1:1", desk_url="http://127.0.0.1:2", custodian_urls={})
    logins = [{"institution": "", "username": "operator", "password": "x", "role": "alliance-operator"}]
    tell_where(cast(Stack, stack), tmp_path, logins)
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines() if "aif-share" in line]
    member = Member("river-bank", stack.url, "", tmp_path / "members" / "river-bank")
    assert [".venv/bin/aif-share", "matches", "--map", str(member.map)] in lines
