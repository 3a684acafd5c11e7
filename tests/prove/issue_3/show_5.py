"""Screening at a million identifiers on two cores, with authentication, quota and audit, beside bare SQL."""

from __future__ import annotations

import json
import sys
from typing import Any

from config.bench.figures import compute
from config.bench.record import ROOT
from tests.prove.commands import run_command

# figure -> (at least, at most)
WANTED = {
    "screen_single_req_per_s": (1_500.0, None),
    "screen_single_p95_ms": (None, 10.0),
    "screen_10k_s": (None, 1.0),
}


def run() -> dict[str, Any]:
    bench = run_command([sys.executable, "-m", "config.bench"])
    if bench["exit"] != 0:
        return {"holds": False, "scale": {}, "samples": {"bench": bench}}
    written = json.loads((ROOT / "var" / "bench.json").read_text(encoding="utf-8"))
    figures = compute(written["samples"])
    met = {
        name: (least is None or figures[name] >= least) and (most is None or figures[name] <= most)
        for name, (least, most) in WANTED.items()
    }
    return {
        "holds": all(met.values()) and all(written[name] == value for name, value in figures.items()),
        "scale": written["scale"],
        "samples": {"met": met, "figures": figures, "bench": bench},
    }
