"""50 threads at the edge of a quota: what is charged never exceeds it, with Redis flushed, killed or away as well."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import redis

from config.stack import Stack, StackError
from tests.prove.uploads import Sender, make_token

THREADS = 50
QUOTA = 2_000
NOBODY = "redis://127.0.0.1:1/0"
MOST = 9
KINDS = ("submit", "screen")


def run() -> dict[str, Any]:
    with Stack() as stack:
        samples = {name: prove(stack, name, trouble) for name, trouble in TROUBLES.items()}
    with Stack(env={"REDIS_URL": NOBODY}) as stack:
        samples["away"] = prove(stack, "away", lambda _stack: None)
    return {
        "holds": all(sample["holds"] for sample in samples.values()),
        "scale": {"threads": THREADS, "quota": QUOTA, "runs": len(samples) * len(KINDS)},
        "samples": samples,
    }


def _weigh_nothing(stack: Stack) -> None:
    """Two thousand questions without a hit are fishing, and would be stopped before the quota is."""
    connection = psycopg2.connect(stack.admin_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("ALTER TABLE screening DISABLE TRIGGER screening_is_weighed")
    finally:
        connection.close()


def _flush(stack: Stack) -> None:
    path = urlsplit(stack.env["REDIS_URL"]).path
    redis.Redis(unix_socket_path=path, socket_timeout=10).flushall()


def _kill(stack: Stack) -> None:
    with contextlib.suppress(StackError, ProcessLookupError):  # still gone from the time before
        stack.kill("valkey")
    time.sleep(0.5)


TROUBLES: dict[str, Callable[[Stack], None]] = {
    "as it should be": lambda _stack: None,
    "flushed": _flush,
    "killed": _kill,
}


def prove(
    stack: Stack, name: str, trouble: Callable[[Stack], None], *, threads: int = THREADS, quota: int = QUOTA
) -> dict[str, Any]:
    """Ask from all threads, in requests of different sizes, until not one unit is left; twice over what there is."""
    made = stack.create_institution(
        f"Edge Bank, {name} {time.time_ns()}", "bank", submit_quota=quota, screen_quota=quota, evaluate_quota=1
    )
    _weigh_nothing(stack)
    sender = Sender.of(stack.url, made["api_key"])
    with _troubled(stack, trouble) as times:
        found = {kind: _spend(sender, kind, threads, quota) for kind in KINDS}
    charged = _read_charged(stack)
    quotas = sender.ask("GET", "/me")[1]["quotas"]
    for kind, sample in found.items():
        sample |= {"charged": charged[kind], "shown": quotas[kind]["used"]}
    return {
        "troubled": times[0],
        "holds": times[0] > 0 and all(
            sample["charged"] == sample["shown"] == sample["granted"] == quota and set(sample["answers"]) <= {"200", "202", "429"}
            for sample in found.values()
        ),
        **found,
    }  # fmt: skip


@contextlib.contextmanager
def _troubled(stack: Stack, trouble: Callable[[Stack], None]) -> Iterator[list[int]]:
    """Make trouble again and again during the block; the list holds how often."""
    over, times = threading.Event(), [0]

    def work() -> None:
        while not over.wait(0.05):
            trouble(stack)
            times[0] += 1

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def _spend(sender: Sender, kind: str, threads: int, quota: int) -> dict[str, Any]:
    answers: dict[str, int] = {}
    granted, lock, barrier = [0], threading.Lock(), threading.Barrier(threads)

    def work(number: int) -> None:
        random = Random(number)
        barrier.wait()
        for _ in range(2 * quota // threads):
            units = random.randint(1, MOST) if granted[0] < quota - threads * MOST else 1
            status = _ask(sender, kind, units)
            with lock:
                answers[str(status)] = answers.get(str(status), 0) + 1
                granted[0] += units if status < 300 else 0
            if status == 429 and units == 1:
                return

    running = [threading.Thread(target=work, args=[number]) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return {"granted": granted[0], "answers": answers}


def _ask(sender: Sender, kind: str, units: int) -> int:
    tokens = [{"type": "domain", "epoch": 1, "token": make_token()} for _ in range(units)]
    if kind == "screen":
        return sender.ask("POST", "/screenings", {"purpose": "complaint-handling", "tokens": tokens})[0]
    clues = [
        {
            "client_ref": f"edge-{token['token'][:20]}",
            "category": "telecom-fraud",
            "grade": "B2",
            "identifiers": [token],
        }
        for token in tokens
    ]
    return sender.ask("POST", "/batches", {"clues": clues}, Idempotency_Key=make_token())[0]


def _read_charged(stack: Stack) -> dict[str, int]:
    """What the ledger says of the newest institution, beside what the API says of it."""
    connection = psycopg2.connect(stack.admin_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT kind, sum(used) FROM quota_use WHERE institution_id = (SELECT max(id) FROM institution) GROUP BY kind"
            )
            found = {kind: int(used) for kind, used in cursor.fetchall()}
    finally:
        connection.close()
    return {kind: found.get(kind, 0) for kind in KINDS}
