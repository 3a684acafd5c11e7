"""The client, the web process and the worker are killed in the middle of a large upload; the same key again: one effect."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2

from config.stack import Stack
from tests.prove.uploads import Sender, make_token, wait_released, write_clues

ROWS = 1_000_000
BAD = 1_500
SHARED = 20_000
WORKER_KILLS = 5
CUTS = (0.05, 0.5, 0.9)
"""Parts of the upload after which the client is gone, and after which web is killed.

A kill of web counts where so much is out that web must have begun to read (a connection that it has not accepted yet is
served by the next one): IN_BUFFERS bytes.
"""
IN_BUFFERS = 11_000_000
QUOTAS = {"submit_quota": 10_000_000, "evaluate_quota": 1_000, "screen_quota": 1_000}
GIVE_UP_S = 120.0

STORING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aif-web' AND query LIKE '%%INSERT INTO batch_chunk%%' AND state <> 'idle'"
EFFECT = """
SELECT (SELECT count(*) FROM batch WHERE institution_id = i.id),
    (SELECT coalesce(sum(rows), 0) FROM batch_chunk WHERE institution_id = i.id),
    (SELECT count(*) FROM batch_chunk k WHERE institution_id = i.id AND state = 'done'),
    (SELECT count(*) FROM batch_chunk k WHERE institution_id = i.id),
    (SELECT count(*) FROM clue WHERE institution_id = i.id),
    (SELECT count(*) FROM sighting WHERE institution_id = i.id),
    (SELECT coalesce(sum(used), 0) FROM quota_use WHERE institution_id = i.id AND kind = 'submit'),
    (SELECT count(*) FROM audit_event WHERE institution_id = i.id AND verb = 'batch.receive'),
    (SELECT count(*) FROM match_party WHERE institution_id = i.id)
FROM institution i WHERE i.name = %s
"""
NAMES = ("batches", "rows", "chunks_done", "chunks", "clues", "sightings", "charged", "audit_events", "matches")


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        return prove(stack, Path(folder), rows=ROWS, bad=BAD, shared=SHARED, worker_kills=WORKER_KILLS)


def prove(
    stack: Stack, folder: Path, *, rows: int, bad: int, shared: int, worker_kills: int, cuts: tuple[float, ...] = CUTS
) -> dict[str, Any]:
    """Cut the same upload off again and again, then let it through, kill workers, and send it once more."""
    name = f"Large Bank {time.time_ns()}"
    first, other = (
        Sender.of(stack.url, stack.create_institution(each, "bank", **QUOTAS)["api_key"])
        for each in (name, f"Other {name}")
    )
    tokens = [make_token() for _ in range(shared)]
    theirs, ours = folder / "other.ndjson", folder / "large.ndjson"
    write_clues(theirs, shared, shared=tokens)
    write_clues(ours, rows, shared=tokens, bad=bad)
    _status, taken = other.upload(theirs, key="other") or (0, {})
    wait_released(other, taken["batch"])

    log: list[dict[str, Any]] = []
    with _look(stack) as cursor:
        size = ours.stat().st_size
        for cut in cuts:
            first.upload(ours, key="large", sent=lambda total, cut=cut: total < cut * size)
            time.sleep(1.0)
            log.append({"killed": "client", "at": cut, **_read(cursor, name)})
        for cut in cuts:
            if cut * size < IN_BUFFERS:
                raise ValueError("the upload is too small: nobody knows whether web has begun to read it")
            log.append({"killed": "web", "at": cut, **_kill_web(stack, first, ours, cut * size), **_read(cursor, name)})
        log.append(
            {"killed": "web", "at": "storing", **_kill_storing(stack, cursor, first, ours), **_read(cursor, name)}
        )
        before = log[-1]["batches"]
        status, taken = _insist(first, ours)
        log.append({"killed": "nobody", "answer": status, **_read(cursor, name)})
        kills = _kill_workers(stack, cursor, name, worker_kills)
        again, repeated = first.upload(ours, key="large") or (0, {})
        said = wait_released(first, taken["batch"])
        effect = _read(cursor, name)
    expected = {
        "batches": 1, "rows": rows - bad, "chunks_done": effect["chunks"], "chunks": effect["chunks"],
        "clues": rows - bad, "sightings": rows - bad, "charged": rows, "audit_events": 1, "matches": shared,
    }  # fmt: skip
    empty = [entry for entry in log if entry["killed"] != "nobody" and entry["at"] != "storing"]
    return {
        "holds": effect == expected
        and status == again == 202 and repeated == taken
        and all(not any(entry[each] for each in NAMES) for entry in empty)
        and before in (0, 1)
        and len(kills) == worker_kills
        and (said[-1]["accepted"], said[-1]["refused"], said[-1]["matched"]) == (rows - bad, bad, shared),
        "scale": {"rows": rows, "client_kills": len(cuts), "web_kills": len(cuts) + 1, "worker_kills": worker_kills},
        "samples": {"log": log, "worker_kills": kills, "effect": effect, "expected": expected},
    }  # fmt: skip


@contextlib.contextmanager
def _look(stack: Stack) -> Iterator[Any]:
    connection = psycopg2.connect(stack.admin_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _read(cursor: Any, name: str) -> dict[str, int]:
    cursor.execute(EFFECT, [name])
    return {each: int(value) for each, value in zip(NAMES, cursor.fetchone(), strict=True)}


def _kill_web(stack: Stack, sender: Sender, path: Path, at: float) -> dict[str, Any]:
    """Kill web, with all its processes, once so many bytes are out; return what the client was told: nothing."""
    old: list[int] = []

    def sent(total: int) -> bool:
        if total >= at and not old:
            old.append(stack.kill("web", group=True))
        return True

    answer = sender.upload(path, key="large", sent=sent)
    stack.wait_restarted("web", old[0])
    _wait_answers(sender)
    return {"answer": answer[0] if answer else None}


def _kill_storing(stack: Stack, cursor: Any, sender: Sender, path: Path) -> dict[str, Any]:
    """Kill web while its transaction stores the chunks: the client cannot know whether it was committed."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(sender.upload(path, key="large")))
    thread.start()
    limit = time.monotonic() + GIVE_UP_S
    found = 0
    while not found and thread.is_alive() and time.monotonic() < limit:
        cursor.execute(STORING)
        (found,) = cursor.fetchone()
    old = stack.kill("web", group=True)
    thread.join()
    stack.wait_restarted("web", old)
    _wait_answers(sender)
    return {"interrupted": bool(found), "answer": answers[0][0] if answers[0] else None}


def _wait_answers(sender: Sender) -> None:
    limit = time.monotonic() + GIVE_UP_S
    while time.monotonic() < limit:
        with contextlib.suppress(OSError):
            if sender.ask("GET", "/me")[0] == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("web does not answer again")


def _insist(sender: Sender, path: Path) -> tuple[int, dict[str, Any]]:
    """Send it until it is taken, as a client does that resumes."""
    limit = time.monotonic() + GIVE_UP_S
    while time.monotonic() < limit:
        answer = sender.upload(path, key="large")
        if answer is not None and answer[0] < 500:
            return answer
        time.sleep(0.5)
    raise TimeoutError("the upload was not taken")


def _kill_workers(stack: Stack, cursor: Any, name: str, wanted: int) -> list[dict[str, Any]]:
    """Kill the worker whenever it has claimed a chunk, so often; return the chunks, all unfinished when it died."""
    kills: list[dict[str, Any]] = []
    cursor.execute("SELECT id FROM institution WHERE name = %s", [name])
    (institution,) = cursor.fetchone()
    cursor.execute("SELECT clock_timestamp()")
    (since,) = cursor.fetchone()
    limit = time.monotonic() + GIVE_UP_S
    while len(kills) < wanted and time.monotonic() < limit:
        cursor.execute(
            "SELECT id FROM batch_chunk WHERE institution_id = %s AND state = 'received' AND claimed_at > %s LIMIT 1",
            [institution, since],
        )
        claimed = cursor.fetchone()
        if claimed is None:
            time.sleep(0.003)
            continue
        old = stack.kill("worker", group=True)
        time.sleep(0.2)  # its transaction ends with its connection
        cursor.execute("SELECT state FROM batch_chunk WHERE id = %s", claimed)
        if cursor.fetchone()[0] == "received":
            kills.append({"chunk": claimed[0]})
        stack.wait_restarted("worker", old)
        cursor.execute("SELECT clock_timestamp()")
        (since,) = cursor.fetchone()
    return kills
