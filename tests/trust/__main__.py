"""``make trust``: the Shows of issue 7, measured in one run and written flat to ``var/trust.json``.

``python -m tests.trust`` runs all, ``python -m tests.trust 3 7`` some; ``SCALE=0.1`` makes a smaller run, and the file says so.
What it does not measure it does not write: nothing of an earlier run stays.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.bench import record
from tests.trust.goals import GOALS, Figure

OUTPUT = record.ROOT / "var" / "trust.json"


def choose_shows(arguments: Sequence[str]) -> list[int]:
    """The Shows that the arguments name, all without any; raise ValueError for one that there is not."""
    for argument in arguments:
        if argument not in map(str, GOALS):
            raise ValueError(f"there is no Show {argument}; there are {' '.join(map(str, GOALS))}")
    return [int(argument) for argument in arguments] or list(GOALS)


def read_scale(text: str) -> float:
    """SCALE as a number above 0; raise ValueError for anything else."""
    scale = float(text)
    if not 0 < scale < float("inf"):
        raise ValueError("SCALE is a number above 0")
    return scale


def measure(number: int, scale: float) -> dict[str, Figure]:
    """Run one Show; what it raises is told, and leaves its figures unmeasured."""
    try:
        return dict(importlib.import_module(f"tests.trust.show_{number}").run(scale))
    except Exception:
        traceback.print_exc()
        return {}


def judge(number: int, figures: Mapping[str, Figure], scale: float) -> list[tuple[str, str, str, bool]]:
    """(figure, measured, goal, whether it holds) of one Show, those of the issue first."""
    goals = GOALS[number]
    rows = [
        (name, str(figures.get(name, "not measured")), str(goal), goal.holds(figures.get(name), scale))
        for name, goal in goals.items()
    ]
    return rows + [(name, str(value), "", True) for name, value in figures.items() if name not in goals]


def prove(number: int, scale: float = 1.0) -> dict[str, Any]:
    """One Show as ``make prove`` keeps it."""
    figures = measure(number, scale)
    rows = judge(number, figures, scale)
    return {"holds": all(row[3] for row in rows), "scale": {"of_full": scale}, "samples": [figures]}


def describe_machine() -> str:
    """The machine in one line: the file is flat."""
    return ", ".join(f"{name} {value}" for name, value in record.describe_machine().items())


def run(numbers: Sequence[int], scale: float, output: Path = OUTPUT) -> bool:
    """Run Shows, print the table, write the file after each; whether all figures hold."""
    head = {
        "commit": record.get_commit(),
        "machine": describe_machine(),
        "start": record.timestamp(),
        "scale": scale,
        "full_scale": scale >= 1,
        "shows": " ".join(map(str, numbers)),
    }
    figures: dict[str, Figure] = {}
    all_hold = True
    for number in numbers:
        print(f"Show {number} …", flush=True)
        clock = time.monotonic()
        measured = measure(number, scale)
        figures |= measured
        record.write(output, head | {"end": record.timestamp()} | figures)
        print(f"  took {time.monotonic() - clock:.0f} s")
        for name, value, goal, holds in judge(number, measured, scale):
            all_hold = all_hold and holds
            print(f"  {name:<28} {value:>14}  {goal:<14} {'' if holds else 'DOES NOT HOLD'}".rstrip(), flush=True)
    if scale < 1:
        print(f"This was a smaller run, {scale:g} of the full one.")
    return all_hold


def main(arguments: Sequence[str]) -> int:
    """0 if every figure holds, 1 if not, 2 for a Show or a scale that there is not."""
    try:
        numbers, scale = choose_shows(arguments), read_scale(os.environ.get("SCALE", "1"))
    except ValueError as why:
        print(why, file=sys.stderr)
        return 2
    return 0 if run(numbers, scale) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
