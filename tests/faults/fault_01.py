"""Web is killed in the middle of requests."""

from __future__ import annotations

import time
from typing import Any

from config.stack import StackError
from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

UNANSWERED_S = 1.0
ANSWERS_S = 20.0


def run(load: Load, times: int) -> dict[str, Any]:
    """Kill one of web's processes, each fourth time all of them, up to 200 ms after a request went out."""
    kills, tried = 0, 0
    limit = time.monotonic() + GIVE_UP_S + times * 5
    with load.running():
        while kills < times and load.going(limit):
            tried += 1
            kills += kill_once(load, whole=tried % 4 == 0)
    return {"kills": kills, "tried": tried, "holds": kills == times}


def kill_once(load: Load, *, whole: bool) -> bool:
    """Kill one of web's processes or all of them; whether a request that was open then was never answered."""
    world, answered = load.world, load.answers["202"]
    # Whoever kills a process that only starts interrupts no request, and keeps it from starting for ever.
    until = time.monotonic() + ANSWERS_S
    while load.answers["202"] == answered and load.going(until):
        time.sleep(0.01)
    time.sleep(world.random.random() * 0.2)
    if not any(load.in_flight):
        return False
    unanswered = load.answers["none"]
    try:
        world.kill("web", one=not whole)
    except StackError:
        return False
    until = time.monotonic() + UNANSWERED_S
    while load.answers["none"] == unanswered and time.monotonic() < until:
        time.sleep(0.02)
    return load.answers["none"] > unanswered


FAULT = Fault(1, "web killed in mid-request", run, times=500, short=4)
