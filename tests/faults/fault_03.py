"""Beat is killed, and two of beat and of the sequencer run at once."""

from __future__ import annotations

import time
from typing import Any

from config.stack import StackError
from tests.faults.load import Load
from tests.faults.table import Fault

SECONDS = 3.0


def run(load: Load, times: int) -> dict[str, Any]:
    """Let a second beat and a second sequencer run beside the first, and kill the first ones, `times` times.

    No number of the log is given twice and no checkpoint goes back: I4.
    """
    world, kills = load.world, 0
    schedule = str(world.folder / "second-schedule")
    beside = [
        world.run_beside("beat", {str(world.stack.data / "beat-schedule"): schedule}),
        world.run_beside("sequencer", {}),
    ]
    try:
        with load.running():
            for _ in range(times):
                time.sleep(SECONDS)
                for name in ("beat", "sequencer"):
                    try:
                        world.kill(name)
                        kills += 1
                    except StackError:
                        continue
        alive = sum(process.poll() is None for process in beside)
    finally:
        for process in beside:
            process.kill()
            process.wait()
    return {"kills": kills, "second_ones_alive": alive, "holds": alive == len(beside) and kills == 2 * times}


FAULT = Fault(3, "beat killed, two of beat and sequencer", run, times=10)
