"""PostgreSQL crashes: `pg_ctl stop -m immediate` under load."""

from __future__ import annotations

import time
from typing import Any

from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

NOTICED_S = 2.0


def run(load: Load, times: int) -> dict[str, Any]:
    """Crash it so often while requests are open."""
    crashes, slowest = 0, 0.0
    limit = time.monotonic() + GIVE_UP_S + times * 20
    with load.running():
        while crashes < times and load.going(limit):
            interrupted, seconds = crash_once(load, limit)
            crashes += interrupted
            slowest = max(slowest, seconds)
    return {"crashes": crashes, "restart_s": round(slowest, 1), "holds": crashes == times}


def crash_once(load: Load, limit: float) -> tuple[bool, float]:
    """Crash it once each member has something new acknowledged, at a random moment in a request.

    Return whether a request was broken by it, and the seconds until the server answered again.
    """
    world, acknowledged = load.world, load.answers["202"]
    while load.answers["202"] < acknowledged + len(load.names) and load.going(limit):
        time.sleep(0.01)
    time.sleep(world.random.random() * 0.5)
    while not any(load.in_flight) and load.going(limit):
        time.sleep(0.001)
    broken = load.answers["none"] + load.answers["503"]
    seconds = world.crash_postgres()
    until = time.monotonic() + NOTICED_S
    while load.answers["none"] + load.answers["503"] == broken and time.monotonic() < until:
        time.sleep(0.02)
    return load.answers["none"] + load.answers["503"] > broken, seconds


FAULT = Fault(6, "PostgreSQL crashed", run, times=30, short=2)
