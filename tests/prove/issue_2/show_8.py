"""The benchmark runs side by side in one run, with durable settings, and refuses to run without them."""

from __future__ import annotations

import json
import sys
from typing import Any

from config.bench.figures import compute
from config.bench.record import ROOT
from tests.prove.commands import run_command, run_tests


def run() -> dict[str, Any]:
    bench = run_command([sys.executable, "-m", "config.bench"])
    written = json.loads((ROOT / "var" / "bench.json").read_text(encoding="utf-8")) if bench["exit"] == 0 else {}
    figures = compute(written["samples"]) if written else {}
    refusal = run_tests("tests/config/test_bench.py")
    return {
        "holds": bool(figures) and all(written[name] == value for name, value in figures.items()) and refusal["holds"],
        "scale": written.get("scale", {}),
        "samples": {"figures": figures, "bench": bench, "refusal": refusal["samples"]},
    }
