"""The worker is killed in the middle of a chunk."""

from __future__ import annotations

import time
from typing import Any

from config.stack import StackError
from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

CLAIMED = """
SELECT id, attempts FROM batch_chunk
WHERE state = 'received' AND claimed_at > clock_timestamp() - interval '0.5 s' LIMIT 1
"""
STILL = "SELECT 1 FROM batch_chunk WHERE id = %s AND attempts = %s AND state = 'received'"
DEATH_S = 0.1
"""After so long the transaction of a killed process has ended with its connection."""


def run(load: Load, times: int) -> dict[str, Any]:
    """Kill the processes that match, each fourth time the whole worker, while a chunk is claimed."""
    kills, tried, slowest = 0, 0, 0.0
    limit = time.monotonic() + GIVE_UP_S + times * 8
    with load.running(), load.world.database() as cursor:
        while kills < times and load.going(limit):
            killed = kill_once(load, cursor, whole=tried % 4 == 3)
            if killed is None:
                continue
            tried += 1
            kills += killed
            slowest = max(slowest, wait_progress(cursor))
    return {"kills": kills, "tried": tried, "resume_s": round(slowest, 1), "holds": kills == times}


def kill_once(load: Load, cursor: Any, *, whole: bool) -> bool | None:
    """Kill them if a chunk is claimed at the moment; whether it still waited afterwards, None if there was none to kill."""
    world = load.world
    cursor.execute(CLAIMED)
    chunk = cursor.fetchone()
    if chunk is None:
        time.sleep(0.003)
        return None
    try:
        forked = world.forked("worker")
        for pid in forked:
            world.end(pid)
        if whole:
            world.kill("worker")
    except StackError:
        time.sleep(0.05)
        return None
    if not forked:
        return None
    time.sleep(DEATH_S)
    cursor.execute(STILL, chunk)
    return cursor.fetchone() is not None


def wait_progress(cursor: Any) -> float:
    """Return the seconds until the next chunk is done."""
    begun = time.monotonic()
    cursor.execute("SELECT clock_timestamp()")
    (since,) = cursor.fetchone()
    while time.monotonic() - begun < 60:
        cursor.execute("SELECT 1 FROM batch_chunk WHERE done_at > %s LIMIT 1", [since])
        if cursor.fetchone():
            break
        time.sleep(0.02)
    return time.monotonic() - begun


FAULT = Fault(2, "worker killed in mid-chunk", run, times=1000, short=3)
