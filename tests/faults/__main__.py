"""`make faults [SCALE=n] [SEED=n] [ONLY=n,n] [ALLOW_SKIPPED=1]`: make the faults on a running stack, print what came of each."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Mapping
from typing import Any

from config.bench import record
from tests.faults import invariants
from tests.faults.load import Load
from tests.faults.table import list_faults, make
from tests.faults.world import World

OUTPUT = record.ROOT / "var" / "faults.json"


def main() -> int:
    """Read SCALE (1), SEED (drawn, and printed), ONLY (all) and ALLOW_SKIPPED (no) from the environment.

    Return 1 if something did not hold, or a fault was skipped that need not be allowed.
    """
    scale = float(os.environ.get("SCALE") or 1)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**31))
    only = {int(number) for number in (os.environ.get("ONLY") or "").replace(",", " ").split()}
    faults = [fault for fault in list_faults() if not only or fault.number in only]
    if only - {fault.number for fault in faults}:
        print(f"there is no such fault: there are {', '.join(str(fault.number) for fault in list_faults())}")
        return 2
    print(f"faults {', '.join(str(fault.number) for fault in faults)}; SEED={seed} SCALE={scale:g}", flush=True)
    start, results = record.timestamp(), {}
    with World(seed=seed) as world:
        load = Load(world)
        for fault in faults:
            result = results[str(fault.number)] = make(fault, load, max(1, round(fault.times * scale)))
            print(_line(fault.number, fault.title, result), flush=True)
        full = invariants.check_in_full(world)
        print(f"{'':>3} {'whole log, whole vault':34} {'holds' if not full else full}", flush=True)
        load.ledger.close()
    record.write(
        OUTPUT,
        {
            "seed": seed, "scale": scale, "faults": results, "skipped": list_skipped(results), "in_full": full,
            "commit": record.get_commit(),
            "machine": record.describe_machine(), "start": start, "end": record.timestamp(),
        },
    )  # fmt: skip
    if skipped := list_skipped(results):
        print(f"skipped: {', '.join(skipped)}; ALLOW_SKIPPED=1 lets the run pass without", flush=True)
    return 0 if not full and is_whole(results, allow_skipped=os.environ.get("ALLOW_SKIPPED") == "1") else 1


def list_skipped(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The numbers of the faults that could not be made here."""
    return [number for number, result in results.items() if "skipped" in result]


def is_whole(results: Mapping[str, Mapping[str, Any]], *, allow_skipped: bool) -> bool:
    """Whether every fault was made and held; `allow_skipped` asks of a skipped one only that nothing was wrong after it."""
    return all(
        result["holds"] or (allow_skipped and "skipped" in result and not result["wrong"])
        for result in results.values()
    )


def _line(number: int, title: str, result: dict[str, object]) -> str:
    verdict = "skipped" if "skipped" in result else "holds" if result["holds"] else "DOES NOT HOLD"
    said = {name: value for name, value in result.items() if name not in ("holds", "seconds", "wrong")}
    said |= {"wrong": result["wrong"]} if result["wrong"] else {}
    return f"{number:>3} {title:34} {verdict:14} {result['seconds']:>7} s  {json.dumps(said, ensure_ascii=False)}"


if __name__ == "__main__":
    began = time.monotonic()
    code = main()
    print(f"{time.monotonic() - began:.0f} s; written to {OUTPUT}")
    sys.exit(code)
