"""How long the page of a ring of 5,000 identifiers takes, in the portal and at the desk."""

from __future__ import annotations

import json
import statistics
from typing import Any

from tests.prove.commands import run_tests

LIMIT_MS = 300
MARK = "ring-page "


def measure_ring_page() -> dict[str, Any]:
    """Return `holds`, the identifiers of the ring, the p95 of each page in ms, and the samples."""
    ran = run_tests("--full-scale", "-s", "tests/clues/rings/test_ring_page.py")
    end = ran["samples"][0]["end"]
    line = next((each for each in end.splitlines() if MARK in each), None)
    if line is None:
        return {"holds": False, "scale": {}, "samples": ran["samples"]}
    figures = json.loads(line.partition(MARK)[2])
    p95 = {page: round(statistics.quantiles(figures[page], n=20)[18], 1) for page in ("portal", "desk")}
    return {
        "holds": ran["holds"] and max(p95.values()) <= LIMIT_MS,
        "scale": {"identifiers": figures["identifiers"], "requests": len(figures["portal"])},
        "p95_ms": p95,
        "samples": {page: figures[page] for page in ("portal", "desk")},
    }
