"""One request of 1,000,000 clues as NDJSON: accepted, matched, results downloadable, in bounded memory, and one sees how far it is."""

from __future__ import annotations

import csv
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from config.stack import Stack
from tests.prove.memory import PeakMemory
from tests.prove.uploads import Sender, make_token, wait_released, write_clues

ROWS = 1_000_000
BAD = 1_500
SHARED = 50_000
LIMIT_MIB = 400
QUOTAS = {"submit_quota": 10_000_000, "evaluate_quota": 1_000, "screen_quota": 1_000}


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        return prove(stack, Path(folder), rows=ROWS, bad=BAD, shared=SHARED)


def prove(stack: Stack, folder: Path, *, rows: int, bad: int, shared: int, steps: int = 5) -> dict[str, Any]:
    """Submit `rows` lines, `bad` of them refused and `shared` tokens also reported by somebody else.

    `steps`: how many different counts one has to see while the batch is matched.
    """
    first, other = (
        Sender.of(stack.url, stack.create_institution(f"{name} {time.time_ns()}", "bank", **QUOTAS)["api_key"])
        for name in ("Large Bank", "Other Bank")
    )
    tokens = [make_token() for _ in range(shared)]
    theirs, ours = folder / "other.ndjson", folder / "large.ndjson"
    write_clues(theirs, shared, shared=tokens)
    codes = write_clues(ours, rows, shared=tokens, bad=bad)
    _status, taken = other.upload(theirs, key="other") or (0, {})
    wait_released(other, taken["batch"])
    with PeakMemory(stack, "web", "worker") as memory:
        clock = time.monotonic()
        status, taken = first.upload(ours, key="large") or (0, {})
        taken_s = time.monotonic() - clock
        said = wait_released(first, taken["batch"]) if status == 202 else []
        matched_s = time.monotonic() - clock
        clock = time.monotonic()
        results = _read_ndjson(first, taken["batch"])
        same = results == _read_csv(first, taken["batch"])
        downloaded_s = time.monotonic() - clock
    last = said[-1]
    wrong = [
        row
        for row, (outcome, code) in enumerate(results)
        if code != codes.get(row) or (outcome == "refused") != (row in codes)
    ]
    seen = sorted({view["accepted"] for view in said if 0 < view["accepted"] < rows - bad})
    print(f"    peak memory: web {memory.peaks['web']} MiB, worker {memory.peaks['worker']} MiB", flush=True)
    return {
        "holds": status == 202
        and (taken["clues"], taken["rows_refused"]) == (rows - bad, bad)
        and (last["state"], last["accepted"], last["refused"], last["matched"]) == ("done", rows - bad, bad, shared)
        and len(results) == rows and not wrong and same
        and len(seen) >= steps
        and all(0 < peak < LIMIT_MIB for peak in memory.peaks.values()),
        "scale": {"rows": rows, "refused": bad, "shared": shared, "bytes": ours.stat().st_size},
        "samples": {
            "seconds": {"taken": round(taken_s, 1), "matched": round(matched_s, 1), "downloaded_twice": round(downloaded_s, 1)},
            "peak_mib": memory.peaks,
            "before_mib": memory.before,
            "limit_mib": LIMIT_MIB,
            "counts_seen": seen,
            "progress": said[:: max(1, len(said) // 50)],
            "wrong_rows": wrong[:20],
        },
    }  # fmt: skip


def _read_ndjson(sender: Sender, batch: str) -> list[tuple[str, str | None]]:
    found = (json.loads(line) for line in sender.download(batch, "application/x-ndjson"))
    return [(row["outcome"], row["code"]) for number, row in enumerate(found) if row["row"] == number]


def _read_csv(sender: Sender, batch: str) -> list[tuple[str, str | None]]:
    lines = (line.decode() for line in sender.download(batch, "text/csv"))
    return [(row["outcome"], row["code"] or None) for row in csv.DictReader(lines)]
