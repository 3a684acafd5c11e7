"""The worker is killed in the middle of a chunk."""

from __future__ import annotations

import time
from typing import Any

from config.stack import StackError
from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

EVERY_FOURTH = 4
CLAIMED = """
SELECT id, attempts FROM batch_chunk
WHERE state = 'received' AND claimed_at > clock_timestamp() - interval '0.5 s' LIMIT 1
"""
STILL = "SELECT 1 FROM batch_chunk WHERE id = %s AND attempts = %s AND state = 'received'"
DEATH_S = 0.1
"""After so long the transaction of a killed process has ended with its connection."""


def run(load: Load, times: int) -> dict[str, Any]:
    """Kill the processes that match, each fourth time the whole worker, while a chunk is claimed.

    A kill counts if the chunk was still waiting afterwards.
    """
    world, kills, tried, slowest = load.world, 0, 0, 0.0
    limit = time.monotonic() + GIVE_UP_S + times * 8
    with load.running(), world.database() as cursor:
        while kills < times and load.going(limit):
            cursor.execute(CLAIMED)
            chunk = cursor.fetchone()
            if chunk is None:
                time.sleep(0.003)
                continue
            try:
                for pid in world.forked("worker"):
                    world.end(pid)
                if tried % EVERY_FOURTH == 0:
                    world.kill("worker")
            except StackError:
                time.sleep(0.05)
                continue
            tried += 1
            died = time.monotonic()
            time.sleep(DEATH_S)
            cursor.execute(STILL, chunk)
            kills += cursor.fetchone() is not None
            slowest = max(slowest, _wait_progress(cursor, died))
    return {"kills": kills, "tried": tried, "resume_s": round(slowest, 1), "holds": kills == times}


def _wait_progress(cursor: Any, died: float) -> float:
    cursor.execute("SELECT clock_timestamp()")
    (since,) = cursor.fetchone()
    while time.monotonic() - died < 60:
        cursor.execute("SELECT 1 FROM batch_chunk WHERE done_at > %s LIMIT 1", [since])
        if cursor.fetchone():
            break
        time.sleep(0.02)
    return time.monotonic() - died


FAULT = Fault(2, "worker killed in mid-chunk", run, times=1000, short=3)
