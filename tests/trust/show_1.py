"""Nothing acknowledged is lost and no match missed or doubled, over crashes of PostgreSQL and kills of worker and web."""

from __future__ import annotations

import time
from typing import Any

from tests.faults import fault_01, fault_02, fault_06, invariants
from tests.faults.load import Load
from tests.faults.world import World

SEED = 7_001
CRASHES, WORKER_KILLS, WEB_KILLS = 30, 200, 100
ACKED = 200_000
MEMBERS, CLUES = 6, 250
CONTROL_CRASHES = 8
CONTROL_CLUES = 10
"""Small batches: of many acknowledgments a second, some fall into the moment before a crash."""
A_FAULT_S = 30.0
QUIET_S = 900.0


def run(scale: float) -> dict[str, float | int | str]:
    """Make all faults in one drawn order under load; then the negative control, which must lose something."""
    with World(seed=SEED) as world:
        load = Load(world, members=MEMBERS, clues=CLUES)
        begun = time.monotonic()
        figures = _break(load, scale)
        wrong = invariants.check(load, seconds=QUIET_S) | invariants.check_in_full(world)
        lost, _which = invariants.count_lost(load)
        pairs = invariants.count_pairs(load)
        figures |= {
            "acked": load.ledger.clues,
            "acked_lost": lost,
            "pairs": pairs["pairs"],
            "pairs_missing": pairs["missing"],
            "pairs_doubled": pairs["doubled"] + pairs["extra"],
            "faults_seconds": round(time.monotonic() - begun),
            "invariants_broken": len(wrong),
            "witness_looks": load.witness.looks if load.witness else 0,
        }
        for name, found in wrong.items():
            print(f"  {name}: {found}", flush=True)
        load.ledger.close()
    return figures | {"lost_without_durability": control(CONTROL_CRASHES)}


def _break(load: Load, scale: float) -> dict[str, Any]:
    """Make the faults in a drawn order; one that met no work is made again."""
    world = load.world
    waiting = [
        kind
        for kind, times in (("postgres_crashes", CRASHES), ("worker_kills", WORKER_KILLS), ("web_kills", WEB_KILLS))
        for _ in range(max(1, round(times * scale)))
    ]
    world.random.shuffle(waiting)
    made, tried = dict.fromkeys(waiting, 0), 0
    wanted = len(waiting)
    limit = time.monotonic() + wanted * A_FAULT_S + 60
    with load.running():
        while waiting and load.going(limit):
            kind, tried = waiting[-1], tried + 1
            if _once(load, kind, limit, whole=tried % 4 == 0):
                made[kind] += 1
                waiting.pop()
        while load.ledger.clues < ACKED * scale and load.going(limit):
            time.sleep(0.2)
    return made | {"faults_tried": tried}


def _once(load: Load, kind: str, limit: float, *, whole: bool) -> bool:
    if kind == "postgres_crashes":
        return fault_06.crash_once(load, limit)[0]
    if kind == "web_kills":
        return fault_01.kill_once(load, whole=whole)
    with load.world.database() as cursor:
        while load.going(limit):
            killed = fault_02.kill_once(load, cursor, whole=whole)
            if killed is not None:
                return killed
    return False


def control(crashes: int) -> int:
    """How many acknowledged clues are lost where PostgreSQL answers before it has written."""
    with World(seed=SEED + 1, durable=False) as world:
        load = Load(world, members=MEMBERS, clues=CONTROL_CLUES)
        limit = time.monotonic() + 60 + crashes * A_FAULT_S
        with load.running():
            for _ in range(crashes):
                fault_06.crash_once(load, limit)
        world.heal()
        invariants.wait_quiet(world)
        lost, _which = invariants.count_lost(load)
        load.ledger.close()
    return lost
