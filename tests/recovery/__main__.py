"""`make restore-drill [SCALE=n] [SEED=n]`: take a backup under load, die, restore it elsewhere, and say what is still there."""

from __future__ import annotations

import os
import random
import sys
import time

from config.bench import record
from tests.recovery.drill import Drill

OUTPUT = record.ROOT / "var" / "restore_drill.json"


def main() -> int:
    """Read SCALE (1) and SEED (drawn, and printed) from the environment; exit 1 if something does not hold."""
    scale = float(os.environ.get("SCALE") or 1)
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**31))
    print(f"restore drill; SEED={seed} SCALE={scale:g}", flush=True)
    start, begun = record.timestamp(), time.monotonic()
    drill = Drill(seed, scale)
    drill.run()
    for name, value in drill.figures.items():
        print(f"  {name:36} {value}")
    for what in drill.wrong:
        print(f"  DOES NOT HOLD: {what}")
    record.write(
        OUTPUT,
        drill.figures | {
            "wrong": drill.wrong, "holds": not drill.wrong, "seed": seed, "scale": scale,
            "seconds": round(time.monotonic() - begun), "commit": record.get_commit(),
            "machine": record.describe_machine(), "start": start, "end": record.timestamp(),
        },
    )  # fmt: skip
    print(f"{'holds' if not drill.wrong else 'DOES NOT HOLD'}, {time.monotonic() - begun:.0f} s; written to {OUTPUT}")
    return 0 if not drill.wrong else 1


if __name__ == "__main__":
    sys.exit(main())
