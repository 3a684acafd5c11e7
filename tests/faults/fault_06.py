"""PostgreSQL crashes: `pg_ctl stop -m immediate` under load."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault


def run(load: Load, times: int) -> dict[str, Any]:
    """Crash it while requests are open, so often; each time something must have been acknowledged since the last."""
    world, crashes, slowest = load.world, 0, 0.0
    limit = time.monotonic() + GIVE_UP_S + times * 20
    with load.running():
        while crashes < times and load.going(limit):
            acknowledged = load.answers["202"]
            while load.answers["202"] < acknowledged + len(load.names) and load.going(limit):
                time.sleep(0.01)
            time.sleep(world.random.random())
            while not any(load.in_flight) and load.going(limit):
                time.sleep(0.001)
            unanswered = load.answers["none"] + load.answers["503"]
            slowest = max(slowest, world.crash_postgres())
            time.sleep(0.5)
            crashes += load.answers["none"] + load.answers["503"] > unanswered
    return {"crashes": crashes, "restart_s": round(slowest, 1), "holds": crashes == times}


FAULT = Fault(6, "PostgreSQL crashed", run, times=30, short=2)
