"""Lists of 100,000 cases, and the page of a ring of 5,000 identifiers, within 300 ms at the 95th percentile."""

from __future__ import annotations

from typing import Any

from tests.prove.issue_5.case_list import measure_case_list
from tests.prove.issue_5.ring_page import measure_ring_page


def run() -> dict[str, Any]:
    cases, ring = measure_case_list(), measure_ring_page()
    lists = cases["lists"]
    return {
        "holds": cases["ok"] and ring["holds"],
        "scale": {"cases": cases["cases"], **ring["scale"]},
        "figures": {
            "p95_ms": {name: each["p95_ms"] for name, each in lists.items()}
            | {f"ring {page}": value for page, value in ring.get("p95_ms", {}).items()}
        },
        "samples": {name: each["samples"] for name, each in lists.items()} | {"ring": ring["samples"]},
    }
