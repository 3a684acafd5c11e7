"""1,000 random tamperings of the transparency log by a superuser: a witness finds all; a cut that none can find was said to be unwitnessed."""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURE = re.compile(r"tamper_found_of_1000=(\d+) seed=(\d+)")
CUT = re.compile(r"cut_said_unwitnessed=1")


def run(scale: float) -> dict[str, Figure]:
    """The figure has its number in its name, so a smaller run tries as many; raise RuntimeError if a test fails."""
    done = run_command(
        [sys.executable, "-m", "pytest", "-q", "-s", "--full-scale", "tests/members/test_log_tampering.py"]
    )
    figure = FIGURE.search(done["end"])
    if done["exit"] or figure is None:
        raise RuntimeError(done["end"])
    return {
        "tamper_found_of_1000": int(figure[1]),
        "tamper_seed": int(figure[2]),
        "cuts_said_unwitnessed": len(CUT.findall(done["end"])),
    }
