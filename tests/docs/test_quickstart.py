"""The quickstart, run as written. Here with this environment's programs; `make prove` does it from the built wheel."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import pytest

from config.stack import Stack
from tests.guide import reader_env, run_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "quickstart.md"
pytestmark = pytest.mark.stack


def test_the_quickstart_runs_as_written(stack: Stack, tmp_path: Path) -> None:
    names = {"AIF_SHARE_KEY": "bank", "OTHER_KEY": "insurer"}
    keys = {
        variable: stack.create_institution(f"quickstart {secrets.token_hex(6)}", sector)["api_key"]
        for variable, sector in names.items()
    }
    env = reader_env(tmp_path, Path(sys.executable).parent, AIF_SHARE_URL=stack.url, **keys)
    done = run_page(PAGE, folder=tmp_path, env=env)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (tmp_path / "first-event.txt").read_text().startswith("match.released M-")
    assert not any(key in done.stdout + done.stderr for key in keys.values())
