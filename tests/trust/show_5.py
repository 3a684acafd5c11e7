"""200 synthetic fishers and 200 honest members against the trigger of the ledger; and those that it cannot tell apart."""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURES = re.compile(
    r"fishers_stopped_ratio=([\d.]+) honest_alarm_ratio=([\d.]+) alike_stopped_ratio=([\d.]+) "
    r"shared_stopped_ratio=([\d.]+) fishers=(\d+) honest=(\d+)"
)


def run(scale: float) -> dict[str, Figure]:
    """A smaller run plays a fiftieth of each kind; raise RuntimeError if the test fails without figures."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "tests/clues/fishing/test_simulation.py"]
    done = run_command([*command, "--full-scale"] if scale >= 1 else command)
    found = FIGURES.search(done["end"])
    if found is None:
        raise RuntimeError(done["end"])
    return {
        "fishers_stopped_ratio": float(found[1]),
        "honest_alarm_ratio": float(found[2]),
        "fishers_alike_stopped_ratio": float(found[3]),  # slow ones who do all that honest members do
        "fishers_sharing_stopped_ratio": float(
            found[4]
        ),  # five to ten keys of one institution with a part of a list each
        "fishers": int(found[5]),
        "honest": int(found[6]),
    }
