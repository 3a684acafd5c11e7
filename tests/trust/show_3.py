"""Isolation: every address × method × asker × object, what is another's answers like what is not there, and nothing moves.

Below it raw SQL, as web's own login: every protected table has a row, and shows none without a context that holds.
"""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURE = re.compile(r"(?:matrix|desk)_cells=(\d+) (?:matrix|desk)_leaks=(\d+)")
INJECTED = re.compile(r"injected=(\d+) taken=(\d+)")
RAW_SQL = re.compile(r"raw_sql_tables=(\d+) raw_sql_open=(\d+)")
OPTIONS = ("-q", "-s", "-n", "0", "--tb=no", "--show-capture=no")  # so that the figures stand at the end
TESTS = ("tests/trust/test_isolation_matrix.py", "tests/trust/test_desk_roles.py")


def run(scale: float) -> dict[str, Figure]:
    """The matrix has one size, at any scale; raise RuntimeError if a test did not get as far as its figures."""
    cells = leaks = 0
    for test in TESTS:
        found = _measure(FIGURE, test)
        cells, leaks = cells + found[0], leaks + found[1]
    full = ["--full-scale"] if scale >= 1 else []
    injected, taken = _measure(INJECTED, "tests/trust/test_mass_assignment.py", *full)
    tables, opened = _measure(RAW_SQL, "tests/trust/test_raw_sql.py")
    return {
        "matrix_cells": cells, "matrix_leaks": leaks, "fields_injected": injected, "fields_taken": taken,
        "raw_sql_tables": tables, "raw_sql_open": opened,
    }  # fmt: skip


def _measure(figure: re.Pattern[str], *test: str) -> tuple[int, int]:
    done = run_command([sys.executable, "-m", "pytest", *OPTIONS, *test])
    found = figure.search(done["end"])
    if found is None or (done["exit"] and found[2] == "0"):
        raise RuntimeError(done["end"])
    return int(found[1]), int(found[2])
