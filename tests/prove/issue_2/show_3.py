"""The 90 shared hosts again, each once, while the worker and Valkey are killed; and once without Valkey.

A kill of the worker counts only if it interrupted a claimed chunk: the chunk was claimed by the worker that is killed,
and still waits afterwards.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg2

from config.stack import Stack, StackError
from tests.prove import real_lists

WORKER_KILLS = 10
VALKEY_KILLS = 2
LOOK_S = 0.003
GIVE_UP_S = 600.0


def run() -> dict[str, Any]:
    lists = real_lists.find_lists()
    if lists is None:
        return {"holds": False, "scale": {}, "samples": {}, "error": "the real lists are not at hand (AIF_REALDATA)"}
    with tempfile.TemporaryDirectory() as folder:
        chaos = prove_chaos(lists, Path(folder), WORKER_KILLS, VALKEY_KILLS)
        absent = prove_without_valkey(lists, Path(folder))
    return {
        "holds": chaos["holds"] and absent["holds"],
        "scale": {
            "hosts": lists.hosts,
            "shared": len(lists.truth),
            "worker_kills": WORKER_KILLS,
            "valkey_kills": VALKEY_KILLS,
        },
        "samples": {"chaos": chaos, "without_valkey": absent},
    }


def prove_chaos(lists: real_lists.Lists, folder: Path, worker_kills: int, valkey_kills: int) -> dict[str, Any]:
    """Submit while a thread kills; the submissions go on until the thread has made all its kills."""
    (folder / "chaos").mkdir()
    with Stack() as stack:
        members = real_lists.admit_five(stack, folder / "chaos")
        killer = Killer(stack, worker_kills, valkey_kills)
        killer.start()
        answers = real_lists.submit_lists(members, lists)
        killer.finish()
        faults, counts = real_lists.compare(members, lists)
        with psycopg2.connect(stack.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(*) FILTER (WHERE state = 'done'), max(attempts) FROM batch_chunk")
            chunks, done, attempts = cursor.fetchone()
        connection.close()
    return {
        "holds": not faults
        and sum(counts.values()) == 2 * len(lists.truth)
        and killer.worker_kills == worker_kills
        and killer.valkey_kills == valkey_kills
        and done == chunks,
        "answers": answers,
        "seen": counts,
        "faults": faults,
        "kills": killer.log,
        "chunks": chunks,
        "most_attempts": attempts,
    }


class Killer(threading.Thread):
    """Kills the worker whenever it is at work on a chunk, and Valkey in between, until it has done so often enough."""

    def __init__(self, stack: Stack, worker_kills: int, valkey_kills: int) -> None:
        super().__init__(daemon=True)
        self.log: list[dict[str, Any]] = []
        self.worker_kills = self.valkey_kills = 0
        self._stack = stack
        self._wanted = (worker_kills, valkey_kills)
        self._submitted = threading.Event()

    def finish(self) -> None:
        """All is submitted and released: there is nothing left to interrupt."""
        self._submitted.set()
        self.join(timeout=60)

    def run(self) -> None:
        connection = psycopg2.connect(self._stack.admin_url)
        connection.autocommit = True
        started = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            since = cursor.fetchone()[0]
            while not self._submitted.is_set() and time.monotonic() - started < GIVE_UP_S:
                if (self.worker_kills, self.valkey_kills) >= self._wanted:
                    break
                cursor.execute(
                    "SELECT id, attempts FROM batch_chunk WHERE state = 'received' AND claimed_at > %s LIMIT 1", [since]
                )
                claimed = cursor.fetchone()
                if claimed is None:
                    time.sleep(LOOK_S)
                    continue
                since = self._kill(cursor, *claimed)
        connection.close()

    def _kill(self, cursor: Any, chunk: int, attempts: int) -> Any:
        """Kill the worker at work, and with every fifth one Valkey; return the time since when claims are new."""
        old = self._stack.kill("worker", group=True)
        # The killed worker's transaction ends with its connection; only then is it sure that the chunk was not done.
        time.sleep(0.2)
        cursor.execute("SELECT state, attempts FROM batch_chunk WHERE id = %s", [chunk])
        state, now = cursor.fetchone()
        counts = state == "received" and now == attempts
        self.worker_kills += counts
        self.log.append({"killed": "worker", "chunk": chunk, "attempts": attempts, "counts": counts})
        if counts and self.worker_kills % 4 == 0 and self.valkey_kills < self._wanted[1]:
            self._kill_valkey()
        self._stack.wait_restarted("worker", old)
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]

    def _kill_valkey(self) -> None:
        try:
            old = self._stack.kill("valkey")
            self._stack.wait_restarted("valkey", old)
        except StackError:
            return
        self.valkey_kills += 1
        self.log.append({"killed": "valkey", "counts": True})


def prove_without_valkey(lists: real_lists.Lists, folder: Path) -> dict[str, Any]:
    """No broker at all: ``REDIS_URL`` names a port where nobody listens."""
    (folder / "absent").mkdir()
    with Stack(env={"REDIS_URL": "redis://127.0.0.1:1/0"}) as stack:
        members = real_lists.admit_five(stack, folder / "absent")
        answers = real_lists.submit_lists(members, lists)
        faults, counts = real_lists.compare(members, lists)
    holds = not faults and sum(counts.values()) == 2 * len(lists.truth)
    return {"holds": holds, "answers": answers, "seen": counts, "faults": faults}
