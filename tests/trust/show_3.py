"""Isolation: every address × method × asker × object, what is another's answers like what is not there, and nothing moves."""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURE = re.compile(r"(?:matrix|desk)_cells=(\d+) (?:matrix|desk)_leaks=(\d+)")
TESTS = ("tests/trust/test_isolation_matrix.py", "tests/trust/test_desk_roles.py")


def run(scale: float) -> dict[str, Figure]:
    """The matrix has one size, at any scale; raise RuntimeError if its test did not get as far as the figures."""
    options = ["-q", "-s", "-n", "0", "--tb=no", "--show-capture=no"]  # so that the figures stand at the end
    cells = leaks = 0
    for test in TESTS:
        done = run_command([sys.executable, "-m", "pytest", *options, test])
        figure = FIGURE.search(done["end"])
        if figure is None or (done["exit"] and figure[2] == "0"):
            raise RuntimeError(done["end"])
        cells, leaks = cells + int(figure[1]), leaks + int(figure[2])
    return {"matrix_cells": cells, "matrix_leaks": leaks}
