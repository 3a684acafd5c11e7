"""The broker is killed, flushed and frozen."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

from tests.faults.load import Load
from tests.faults.table import Fault

FROZEN_S = 90.0
SHORT_S = 2.0
FLUSHED_S = 8.0
RESUME_S = 10.0
SLOWEST_S = 10.0
DONE = "SELECT count(*) FROM batch_chunk WHERE state = 'done' AND done_at > %s"
TROUBLES = ("killed", "flushed", "frozen")
NEW_DONE = "SELECT 1 FROM batch_chunk WHERE claimed_at > %s AND done_at IS NOT NULL LIMIT 1"


def run(load: Load, times: int) -> dict[str, Any]:
    """Break it for 90 s each at full scale, else for a few."""
    return break_broker(load, seconds=FROZEN_S if times > 1 else SHORT_S)


def break_broker(load: Load, *, seconds: float) -> dict[str, Any]:
    """Under load: killed and left away, back again, flushed, and frozen, each for `seconds`.

    Submissions are answered all the while and matching goes on without a broker; once it is back the next chunk is
    claimed and done within RESUME_S.
    """
    world = load.world
    load.slowest, figures = 0.0, {}
    ways = {
        "killed": (world.kill_valkey, world.start_valkey),
        "flushed": (world.flush_valkey, world.flush_valkey),
        "frozen": (lambda: world.valkey.kill_group(signal.SIGSTOP), lambda: world.valkey.kill_group(signal.SIGCONT)),
    }
    with load.running():
        for name in TROUBLES:
            begin, end = ways[name]
            answered = load.answers["202"]
            begin()
            begun = _clock(world)
            time.sleep(min(seconds, FLUSHED_S) if name == "flushed" else seconds)
            figures[f"{name}_answered"] = load.answers["202"] - answered
            figures[f"{name}_chunks_done"] = world.select(DONE, [begun])[0][0]
            figures[f"{name}_resume_s"] = round(_resume(world, end), 2)
    figures["slowest_answer_s"] = round(load.slowest, 2)
    figures["holds"] = (
        all(figures[f"{name}_{what}"] > 0 for name in TROUBLES for what in ("answered", "chunks_done"))
        and all(figures[f"{name}_resume_s"] <= RESUME_S for name in TROUBLES)
        and load.slowest <= SLOWEST_S
    )
    return figures


def _clock(world: Any) -> Any:
    return world.select("SELECT clock_timestamp()")[0][0]


def _resume(world: Any, end: Callable[[], None]) -> float:
    """End the fault; return the seconds until a chunk that was claimed afterwards is done."""
    end()
    back, begun = _clock(world), time.monotonic()
    while time.monotonic() - begun < 60 and not world.select(NEW_DONE, [back]):
        time.sleep(0.05)
    return time.monotonic() - begun


FAULT = Fault(5, "broker killed, flushed, frozen", run, times=2, short=1)
