"""How long the page of a ring of 5,000 identifiers takes, in the portal and at the desk."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.prove.commands import run_tests

LIMIT_MS = 300


def measure_ring_page() -> dict[str, Any]:
    """Return `holds`, the identifiers of the ring, the p95 of each page in ms, and the samples."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ("--full-scale", "-o", "junit_family=xunit1", f"--junitxml={report}")
        ran = run_tests(*options, "tests/clues/rings/test_ring_page.py")
        found = ElementTree.parse(report).find(".//property[@name='ring_page']") if report.exists() else None
    if found is None:
        return {"holds": False, "scale": {}, "samples": ran["samples"]}
    figures = json.loads(found.attrib["value"])
    p95 = {page: round(statistics.quantiles(figures[page], n=20)[18], 1) for page in ("portal", "desk")}
    return {
        "holds": ran["holds"] and max(p95.values()) <= LIMIT_MS,
        "scale": {"identifiers": figures["identifiers"], "requests": len(figures["portal"])},
        "p95_ms": p95,
        "samples": {page: figures[page] for page in ("portal", "desk")},
    }
