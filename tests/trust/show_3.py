"""Isolation: every address × method × asker × object, what is another's answers like what is not there, and nothing moves."""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURE = re.compile(r"matrix_cells=(\d+) matrix_leaks=(\d+)")


def run(scale: float) -> dict[str, Figure]:
    """The matrix has one size, at any scale; raise RuntimeError if its test did not get as far as the figures."""
    options = ["-q", "-s", "-n", "0", "--tb=no", "--show-capture=no"]  # so that the figures stand at the end
    done = run_command([sys.executable, "-m", "pytest", *options, "tests/trust/test_isolation_matrix.py"])
    figure = FIGURE.search(done["end"])
    if figure is None or (done["exit"] and figure[2] == "0"):
        raise RuntimeError(done["end"])
    return {"matrix_cells": int(figure[1]), "matrix_leaks": int(figure[2])}
