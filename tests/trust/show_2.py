"""Redis killed, flushed and frozen for 90 s under load: submissions go on, and so does matching, with Redis absent too."""

from __future__ import annotations

from tests.faults import fault_05, invariants
from tests.faults.load import Load
from tests.faults.world import World

SEED = 7_002


def run(scale: float) -> dict[str, float | int | str]:
    """Make fault 5, for 90 s each at scale 1 and above, for 90 s times the scale below it."""
    with World(seed=SEED) as world:
        load = Load(world)
        figures = fault_05.break_broker(load, seconds=fault_05.FROZEN_S * min(scale, 1.0))
        wrong = invariants.check(load)
        for name, found in wrong.items():
            print(f"  {name}: {found}", flush=True)
        load.ledger.close()
    resumed = {name: figures.pop(f"{name}_resume_s") for name in fault_05.TROUBLES}
    return {
        "redis_resume_s": max(resumed.values()),
        **{f"redis_{name}": value for name, value in figures.items() if name != "holds"},
        "redis_refused": sum(load.answers[status] for status in load.answers if status != "202"),
        "redis_invariants_broken": len(wrong),
    }
