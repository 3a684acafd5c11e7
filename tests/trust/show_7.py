"""Control-kill score: each control of design/trust.md, section 2, taken away in turn, and whether a test of the suite turns red."""

from __future__ import annotations

import re
import sys

from tests.prove.commands import run_command
from tests.trust.goals import Figure

FIGURE = re.compile(r"controls_caught=(\d+) of (\d+)")
PLUGIN = "tests.trust.controls.plugin"


def list_tests() -> list[str]:
    """The tests of the table, as pytest is given them; the table itself imports nothing of Django."""
    from tests.trust.controls.table import CONTROLS

    return sorted({control.test for control in CONTROLS})


def run(scale: float) -> dict[str, Figure]:
    """The table has one size, at any scale. Those not caught are printed, and raise nothing: the ratio says it."""
    done = run_command([sys.executable, "-m", "pytest", "-q", "-s", "-p", PLUGIN, *list_tests()])
    figure = FIGURE.search(done["end"])
    if figure is None:
        raise RuntimeError(done["end"])
    caught, every = int(figure[1]), int(figure[2])
    for row in re.findall(r"^row [0-9]+: .*", done["end"], re.MULTILINE):
        print(f"  {row}")
    for name in re.findall(r"lost: (.*)", done["end"]):
        print(f"  not caught: {name}")
    return {"controls": every, "controls_caught": caught, "controls_caught_ratio": round(caught / every, 4)}
