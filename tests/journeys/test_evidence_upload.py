"""An upload of evidence whose client and server are killed midway goes on with the same command, in little memory.

Reduced; ``make prove`` (Show 6.2) sends 1 GiB and kills three times.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from config.stack import Stack
from tests.prove.issue_6 import show_2

pytestmark = pytest.mark.stack


def test_a_killed_upload_goes_on(stack: Stack, tmp_path: Path) -> None:
    found = show_2.prove(stack, tmp_path, size=96 * show_2.MIB, kills=1)
    assert found["holds"], found
