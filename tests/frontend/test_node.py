"""The browser's modules under Node.js: every file `*.test.js` of this directory."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.frontend.node import NODE

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.test.js"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_file(path: Path) -> None:
    done = subprocess.run([NODE, "--test", str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
