"""The broker is killed, flushed and frozen."""

from __future__ import annotations

import signal
import time
from typing import Any

from tests.faults.load import Load
from tests.faults.table import Fault

FROZEN_S = 90.0
SHORT_S = 2.0
RESUME_S = 10.0
SLOWEST_S = 10.0
DONE = "SELECT count(*) FROM batch_chunk WHERE state = 'done' AND done_at > %s"

NEW_DONE = """
SELECT 1 FROM batch_chunk k JOIN batch b ON b.id = k.batch_id
WHERE b.received_at > %s AND k.done_at IS NOT NULL LIMIT 1
"""


def run(load: Load, times: int) -> dict[str, Any]:
    """Under load: killed and left away, back again, flushed, and frozen; `times` 90 seconds, else a few.

    Submissions are answered all the while and matching goes on without a broker; once it is back nothing waits longer
    than RESUME_S.
    """
    world, long = load.world, times > 1
    seconds, figures = (FROZEN_S if long else SHORT_S), {}
    load.slowest = 0.0
    with load.running():
        for name, begin, end in (
            ("killed", world.kill_valkey, world.start_valkey),
            ("flushed", world.flush_valkey, world.flush_valkey),
            ("frozen", lambda: freeze(load, signal.SIGSTOP), lambda: freeze(load, signal.SIGCONT)),
        ):
            answered = load.answers["202"]
            begin()
            begun = _clock(world)
            time.sleep(SHORT_S if name == "flushed" else seconds)
            done = world.select(DONE, [begun])[0][0]
            figures[f"{name}_answered"] = load.answers["202"] - answered
            figures[f"{name}_chunks_done"] = done
            figures[f"{name}_resume_s"] = round(_resume(load, end), 2)
    figures["slowest_answer_s"] = round(load.slowest, 2)
    figures["holds"] = (
        all(figures[f"{name}_{what}"] > 0 for name in ("killed", "flushed", "frozen") for what in ("answered", "chunks_done"))
        and all(figures[f"{name}_resume_s"] <= RESUME_S for name in ("killed", "flushed", "frozen"))
        and load.slowest <= SLOWEST_S
    )  # fmt: skip
    return figures


def freeze(load: Load, number: signal.Signals) -> None:
    """Stop the broker's process, or let it go on: connections stay open, and nothing is answered."""
    load.world.valkey.kill_group(number)


def _clock(world: Any) -> Any:
    return world.select("SELECT clock_timestamp()")[0][0]


def _resume(load: Load, end: Any) -> float:
    """End the fault; return the seconds until a chunk that was received afterwards is done."""
    world = load.world
    end()
    back, begun = _clock(world), time.monotonic()
    while time.monotonic() - begun < 60:
        if world.select(NEW_DONE, [back]):
            break
        time.sleep(0.05)
    return time.monotonic() - begun


FAULT = Fault(5, "broker killed, flushed, frozen", run, times=2, short=1)
