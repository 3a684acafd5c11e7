"""Clocks of single processes are ten minutes ahead, then ten minutes behind."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.stack import StackError
from tests.faults.fault_16 import freeze_idle
from tests.faults.load import Load
from tests.faults.table import Fault

LIBRARIES = "/usr/lib/*/faketime/libfaketimeMT.so.1"
SKEWS = {"early": "+600", "late": "-600"}
"""In this order: what was written ahead of its time is met by clocks that are behind, as after a clock was set back."""
SECONDS = 12.0
STARTS_S = 60.0
STRAY_S = 2.0
"""What is promised for the next tick, with some room; a clock that is wrong by minutes is far beyond it."""
DONE = "SELECT count(*) FROM batch_chunk WHERE done_at > %s"
# Everything that has a moment, and whether it lies where the clock of the database was: from the beginning of the fault on.
STRAYED = """
SELECT 'events told ahead of their time', count(*) FROM event WHERE released_at > clock_timestamp() + %(room)s::interval
UNION ALL SELECT 'chunks told of late', count(*) FROM batch_chunk
    WHERE done_at > %(since)s AND released_at NOT BETWEEN done_at AND done_at + %(long)s::interval
UNION ALL SELECT 'batches received at another time', count(*) FROM batch
    WHERE id > %(last)s AND received_at NOT BETWEEN %(since)s - %(room)s::interval AND clock_timestamp() + %(room)s::interval
UNION ALL SELECT 'checkpoints ahead of their time', count(*) FROM audit_checkpoint WHERE at > clock_timestamp() + %(room)s::interval
UNION ALL SELECT 'numbers of events that go back in time', count(*) FROM (
    SELECT released_at < lag(released_at) OVER (ORDER BY seq) AS back FROM event WHERE seq IS NOT NULL) q WHERE back
"""


def run(load: Load, times: int) -> dict[str, Any]:
    """Let web, worker, beat and sequencer with such clocks work in place of the right ones, `times` times either way.

    Every batch is answered with 202, everything has its moment by the clock of the database, in the order of its numbers.
    """
    library = next(Path("/").glob(LIBRARIES.lstrip("/")), None)
    if library is None:
        return {"skipped": "libfaketime is not installed (.ci/system)", "holds": False}
    world = load.world
    figures: dict[str, Any] = {"early": 0, "late": 0, "alive": 0}
    (last,) = world.select("SELECT coalesce(max(id), 0) FROM batch")[0]
    ((since,),) = world.select("SELECT clock_timestamp()")
    refused = load.answers.total() - load.answers["202"]
    freeze_idle(load)
    try:
        for _ in range(times):
            for name, wrong in SKEWS.items():
                env = {"LD_PRELOAD": str(library), "FAKETIME": wrong, "NO_FAKE_STAT": "1"}
                done, alive = _work_skewed(load, env | {"AIF_READY_SIGN": str(world.folder / "skewed.ready")})
                figures[name] += done
                figures["alive"] += alive
        time.sleep(STRAY_S)
        room = {"since": since, "last": last, "room": f"{STRAY_S} s", "long": f"{10 * STRAY_S} s"}
        figures["strayed"] = {what: count for what, count in world.select(STRAYED, room) if count}
    finally:
        world.stack.kill("worker", signal.SIGCONT, group=True)
    figures["refused"] = load.answers.total() - load.answers["202"] - refused
    whole = figures["alive"] == 4 * len(SKEWS) * times
    holds = whole and figures["early"] and figures["late"] and not figures["strayed"] and not figures["refused"]
    return figures | {"holds": bool(holds)}


def _work_skewed(load: Load, env: dict[str, str]) -> tuple[int, int]:
    """Let members submit to a web with a wrong clock, whose batches a worker with one matches.

    Return how many chunks were done, and how many of the four processes still ran in the end.
    """
    world, port, senders = load.world, _free_port(), load.senders
    schedules = {str(world.stack.data / "beat-schedule"): str(world.folder / "skewed-schedule")}
    beside = [
        world.run_beside("web", {f"fd://{_descriptor(load)}": f"127.0.0.1:{port}"}, env),
        world.run_beside("worker", {"aif@%h": "skewed@%h"}, env),
        world.run_beside("beat", schedules, env),
        world.run_beside("sequencer", {}, env),
    ]
    try:
        _wait_answers(load, port)
        load.senders = [replace(sender, url=f"http://127.0.0.1:{port}") for sender in senders]
        world.kill("sequencer")  # the one with the wrong clock goes on in its place
        with load.running(heal=False):
            ((begun,),) = world.select("SELECT clock_timestamp()")
            time.sleep(SECONDS)
            (done,) = world.select(DONE, [begun])[0]
        return done, sum(process.poll() is None for process in beside)
    finally:
        load.senders = senders
        _end(beside)


def _descriptor(load: Load) -> int:
    """The number under which the stack's own web was given its listener."""
    pid = load.world.stack.pid("web")
    command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return int(next(word for word in command if word.startswith("fd://"))[5:])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_answers(load: Load, port: int) -> None:
    limit = time.monotonic() + STARTS_S
    while time.monotonic() < limit:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    said = (load.world.folder / "second-web.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    raise StackError(f"the web with a wrong clock does not answer:\n{said}")


def _end(beside: list[subprocess.Popen[bytes]]) -> None:
    for process in beside:
        process.terminate()
    for process in beside:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


FAULT = Fault(9, "clocks ten minutes wrong, either way", run, times=3)
