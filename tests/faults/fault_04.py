"""The worker is frozen in the middle of a chunk, until everybody else has given it up, and then goes on."""

from __future__ import annotations

import signal
import time
from typing import Any

from tests.faults.fault_02 import CLAIMED
from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

FROZEN_S = 80.0
"""Longer than the server lets a session idle in a transaction: 60 s."""
DONE = "SELECT 1 FROM batch_chunk WHERE id = %s AND state = 'done'"


def run(load: Load, times: int) -> dict[str, Any]:
    """Freeze it `times` times, with a second worker beside it; the chunk it held is done by the other one meanwhile.

    What the frozen one does when it goes on has no effect: I2.
    """
    world, taken_over, frozen = load.world, 0, 0
    other = world.run_beside("worker", {"aif@%h": "second@%h"}, {"AIF_READY_SIGN": str(world.folder / "second.ready")})
    try:
        for _ in range(times):
            with world.database() as cursor:
                # Nobody submits afterwards: a chunk that was claimed before comes after all that never were.
                with load.running(heal=False):
                    chunk = _freeze(load, cursor)
                frozen += chunk is not None
                limit = time.monotonic() + FROZEN_S
                while chunk is not None and time.monotonic() < limit:
                    cursor.execute(DONE, chunk)
                    if cursor.fetchone():
                        taken_over += 1
                        break
                    time.sleep(0.5)
                time.sleep(max(0.0, limit - time.monotonic()))
                world.stack.kill("worker", signal.SIGCONT, group=True)
    finally:
        other.terminate()
        other.wait()
    return {"frozen": frozen, "taken_over": taken_over, "holds": frozen == taken_over == times}


def _freeze(load: Load, cursor: Any) -> tuple[int] | None:
    """Freeze the worker while it holds a chunk; return that, None if there was none."""
    limit = time.monotonic() + GIVE_UP_S
    while load.going(limit):
        cursor.execute(CLAIMED)
        chunk = cursor.fetchone()
        if chunk is None:
            time.sleep(0.003)
            continue
        load.world.stack.kill("worker", signal.SIGSTOP, group=True)
        time.sleep(0.2)
        # The second worker may be the one that holds it: then it is done in a moment, and another one is waited for.
        cursor.execute("SELECT 1 FROM batch_chunk WHERE id = %s AND state = 'received'", [chunk[0]])
        time.sleep(1.0)
        cursor.execute(DONE, [chunk[0]])
        if cursor.fetchone() is None:
            return (chunk[0],)
        load.world.stack.kill("worker", signal.SIGCONT, group=True)
    return None


FAULT = Fault(4, "worker frozen, then goes on", run, times=2)
