"""Web is killed in the middle of requests."""

from __future__ import annotations

import time
from typing import Any

from config.stack import StackError
from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

EVERY_FOURTH = 4


def run(load: Load, times: int) -> dict[str, Any]:
    """Kill one of web's processes, each fourth time all of them, up to 200 ms after a request went out."""
    world, kills, tried = load.world, 0, 0
    limit = time.monotonic() + GIVE_UP_S + times * 5
    with load.running():
        while kills < times and load.going(limit):
            time.sleep(world.random.random() * 0.2)
            if not any(load.in_flight):
                continue
            unanswered, whole = load.answers["none"], tried % EVERY_FOURTH == 0
            try:
                world.kill("web", one=not whole)
            except StackError:
                continue
            tried += 1
            # A kill counts if a request that was open then was never answered.
            counts_until = time.monotonic() + 1.0
            while load.answers["none"] == unanswered and time.monotonic() < counts_until:
                time.sleep(0.02)
            kills += load.answers["none"] > unanswered
            if whole:
                time.sleep(world.random.random())
    return {"kills": kills, "tried": tried, "holds": kills == times}


FAULT = Fault(1, "web killed in mid-request", run, times=500, short=3)
