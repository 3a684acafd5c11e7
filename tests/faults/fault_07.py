"""Sessions are ended, statements canceled and tables locked at random."""

from __future__ import annotations

import time
from typing import Any

import psycopg2

from tests.faults.load import Load
from tests.faults.table import GIVE_UP_S, Fault

OURS = ("aif-web", "aif-worker", "aif-sequencer", "aif-desk")
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = ANY(%s) AND state <> 'idle'"
HOWS = ("pg_terminate_backend", "pg_terminate_backend", "pg_cancel_backend")
LOCKED = ("batch", "batch_chunk", "quota_use", "audit_event", "match", "sighting")
LOCK_S = 1.0


def run(load: Load, times: int) -> dict[str, Any]:
    """End `times` sessions that are at work, with a table locked for a second after each tenth.

    Whoever was ended is told 503 or nothing at all, and asks again: an answer of 500 is a finding.
    """
    world, ended, locked = load.world, 0, 0
    limit = time.monotonic() + GIVE_UP_S + times * 2
    with load.running(), world.database() as cursor:
        while ended < times and load.going(limit):
            time.sleep(world.random.random() * 0.05)
            cursor.execute(SESSIONS, [list(OURS)])
            found = [pid for (pid,) in cursor.fetchall()]
            if not found:
                continue
            cursor.execute(f"SELECT {world.random.choice(HOWS)}(%s)", [world.random.choice(found)])
            ended += 1
            if ended % 10 == 0:
                locked += _lock(world, world.random.choice(LOCKED))
    return {"ended": ended, "locked": locked, "unavailable": load.answers["503"], "holds": ended == times}


def _lock(world: Any, table: str) -> bool:
    with world.database() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        cursor.execute("BEGIN")
        try:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        except psycopg2.errors.LockNotAvailable:
            cursor.execute("ROLLBACK")
            return False
        time.sleep(LOCK_S)
        cursor.execute("ROLLBACK")
    return True


FAULT = Fault(7, "sessions ended, tables locked", run, times=300)
