"""The faults by their numbers: one module each, `fault_NN.py`, with a `FAULT`."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import invariants
from tests.faults.load import Load

GIVE_UP_S = 60.0


@dataclass(frozen=True)
class Fault:
    """One fault. `run(load, times)` makes it `times` times and returns figures; `holds` among them is its own condition."""

    number: int
    title: str
    run: Callable[[Load, int], dict[str, Any]]
    times: int
    """How often at scale 1."""
    short: int = 0
    """How often in `make test`; 0 keeps it out."""


def list_faults() -> list[Fault]:
    """All faults in order."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("fault_[0-9][0-9].py"))
    found = [importlib.import_module(f"tests.faults.{name}").FAULT for name in names]
    return sorted(found, key=lambda fault: fault.number)


def make(fault: Fault, load: Load, times: int) -> dict[str, Any]:
    """Make a fault and check all invariants afterwards. Return its figures, `holds`, and what was wrong."""
    begun = time.monotonic()
    before, load.findings = load.ledger.clues, []
    figures = fault.run(load, times)
    wrong = invariants.check(load)
    return figures | {
        "times": times,
        "acked": load.ledger.clues - before,
        "wrong": wrong,
        "holds": bool(figures["holds"]) and not wrong,
        "seconds": round(time.monotonic() - begun, 1),
    }
