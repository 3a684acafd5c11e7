"""Uploads that are far more than they look, at every door."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.faults.load import Load
from tests.faults.table import Fault
from tests.prove.evidence_case import open_case
from tests.trust.show_8 import refuse_bombs


def run(load: Load, times: int) -> dict[str, Any]:
    """Send each bomb alone, `times` times: refused within 2 s, web grows by 64 MiB at most, nothing is stored of it."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as base:
        for name in ("lead", "other"):
            (Path(base) / name).mkdir()
        member, case = open_case(load.world.stack, Path(base))
        load.submit(0)
        for _ in range(times):
            figures = refuse_bombs(load.world.stack, member, case)
            if figures["bombs_refused_ratio"] != 1:
                break
        load.submit(1)
    return figures | {"holds": figures["bombs_refused_ratio"] == 1 and figures["bombs"] >= 12}


FAULT = Fault(12, "uploads that are bombs", run, times=1)
