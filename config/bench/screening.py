"""Screening one token a request, one institution, several kept-alive connections in processes of their own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from typing import Any

from config.bench.ingest import Sender, make_token
from config.bench.keepalive import Connection, serialize
from config.bench.record import timestamp

CONNECTIONS = 4
WARM_UP = 20
"""Requests of each connection before the clock starts: they open the database connections behind it."""
TYPE = "domain"
PURPOSE = "investigation"


def make_tokens(known: Sequence[str], count: int) -> list[str]:
    """``count`` tokens, every other one among those that two institutions reported."""
    return [known[number // 2 % len(known)] if number % 2 else make_token() for number in range(count)]


def make_requests(sender: Sender, known: Sequence[str], count: int) -> list[bytes]:
    """``count`` requests of one token."""
    return _serialize_each(sender, [[token] for token in make_tokens(known, count)])


def _serialize_each(sender: Sender, questions: Sequence[Sequence[str]]) -> list[bytes]:
    url = f"{sender.web}/api/v1/screenings"
    body = {"purpose": PURPOSE, "case_ref": "bench", "basis": "bench"}
    return [
        serialize(
            "POST",
            url,
            sender.bearer,
            {**body, "tokens": [{"type": TYPE, "epoch": 1, "token": token} for token in tokens]},
        )
        for tokens in questions
    ]


def _send_all(url: str, requests: Sequence[bytes], ready: Any, answers: Any) -> None:
    connection = Connection(url)
    for request in requests[:WARM_UP]:
        connection.fetch(request, status=200)
    ready.wait()
    latencies, hits, used = [], 0, time.process_time()
    clock = time.perf_counter
    for request in requests[WARM_UP:]:
        before = clock()
        status, body = connection.send(request)
        latencies.append(clock() - before)
        if status != 200:
            raise RuntimeError(f"a screening was answered {status}")
        hits += b'"hit":true' in body
    answers.put(([round(latency * 1000, 3) for latency in latencies], hits, time.process_time() - used))


def run_screening(sender: Sender, known: Sequence[str], count: int) -> dict[str, Any]:
    """Send ``count`` screenings over ``CONNECTIONS`` connections and return the sample."""
    context = multiprocessing.get_context("spawn")
    ready, answers = context.Barrier(CONNECTIONS + 1), context.Queue()
    share = count // CONNECTIONS
    workers = [
        context.Process(
            target=_send_all,
            args=(sender.web, make_requests(sender, known, share + WARM_UP), ready, answers),
            daemon=True,
        )
        for _ in range(CONNECTIONS)
    ]
    for worker in workers:
        worker.start()
    ready.wait(timeout=60)
    start, clock = timestamp(), time.perf_counter()
    results = [answers.get(timeout=600) for _ in workers]
    seconds = time.perf_counter() - clock
    for worker in workers:
        worker.join()
    latencies = [latency for own, _, _ in results for latency in own]
    hits = sum(result[1] for result in results)
    if not 0 < hits < len(latencies):
        raise RuntimeError("screening must meet both known and unknown tokens")
    return {
        "start": start,
        "units": len(latencies),
        "seconds": round(seconds, 4),
        "hits": hits,
        "generator_cpu_s": round(sum(used for *_, used in results), 4),
        "latencies_ms": latencies,
    }


def run_many(sender: Sender, known: Sequence[str], count: int) -> dict[str, Any]:
    """Ask for ``count`` tokens in one request, every other one known, and return the sample."""
    (request,) = _serialize_each(sender, [make_tokens(known, count)])
    connection = Connection(sender.web)
    start, clock = timestamp(), time.perf_counter()
    answer = connection.fetch(request, status=200)
    seconds = time.perf_counter() - clock
    connection.close()
    hits = sum(result["hit"] for result in answer["results"])
    if len(answer["results"]) != count or not 0 < hits < count:
        raise RuntimeError("screening must answer every token, and meet both known and unknown ones")
    return {"start": start, "units": count, "seconds": round(seconds, 4), "hits": hits}
