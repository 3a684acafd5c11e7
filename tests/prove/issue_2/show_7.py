"""After the demo, everything the platform kept is searched for 200 raw identifiers: none; the planted canary is found."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from config.demo.__main__ import Progress, play
from config.demo.plan import build_plan
from config.demo.planted import Plan
from config.stack import Stack
from tests.prove.leaks import Kept, list_unfound, search

COUNT = 200
TYPES = ("cn-mobile", "resident-id", "bank-card", "wechat", "domain", "email", "uscc", "imei")
CANARY = "13800138999"


def choose_values(plan: Plan, count: int) -> list[str]:
    """Plain values of planted objects, of many types, matched and unmatched ones."""
    values = {report.planted.value for clue in plan.clues for report in clue.reports if report.planted.type in TYPES}
    return Random(200).sample(sorted(values), count)


def run() -> dict[str, Any]:
    since = time.time()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "demo"
        with Stack(folder) as stack:
            result = play(stack, folder, 1.0, Progress())
            values = choose_values(build_plan(today=datetime.now(UTC).date()), COUNT)
            kept = Kept(
                folder,
                stack.admin_url,
                stack.env["REDIS_URL"],
                (folder / "members", folder / "keys"),
                since,
            )
            kept.plant_canary(CANARY)
            clock = time.monotonic()
            searched: dict[str, int] = {}

            def count_bytes() -> Any:
                for place in kept.places():
                    kind = place.name.split()[0]
                    searched[kind] = searched.get(kind, 0) + len(place.content)
                    yield place

            findings = search(count_bytes(), [*values, CANARY])
            seconds = time.monotonic() - clock
    leaked = [
        f"value {finding.value}: {finding.form} in {finding.place}" for finding in findings if finding.value < COUNT
    ]
    unfound = list_unfound(findings, COUNT)
    return {
        "holds": not leaked and not unfound and not result["faults"],
        "scale": {"values": COUNT, "clues": result["clues"], "bytes": searched},
        "samples": {"leaked": leaked[:50], "canary_not_found_in": unfound, "search_seconds": round(seconds, 1)},
    }
