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
TYPE = "domain"
PURPOSE = "investigation"


def make_requests(sender: Sender, known: Sequence[str], count: int) -> list[bytes]:
    """``count`` requests, every other one about a token that two institutions reported."""
    tokens = [known[number // 2 % len(known)] if number % 2 else make_token() for number in range(count)]
    url = f"{sender.web}/api/v1/screenings"
    body = {"purpose": PURPOSE, "case_ref": "bench", "basis": "bench"}
    return [
        serialize("POST", url, sender.bearer, {**body, "tokens": [{"type": TYPE, "epoch": 1, "token": token}]})
        for token in tokens
    ]


def _send_all(url: str, requests: Sequence[bytes], ready: Any, answers: Any) -> None:
    connection = Connection(url)
    connection.fetch(requests[0], status=200)
    ready.wait()
    latencies, hits, clock = [], 0, time.perf_counter()
    for request in requests[1:]:
        before = time.perf_counter()
        status, body = connection.send(request)
        latencies.append(round((time.perf_counter() - before) * 1000, 3))
        if status != 200:
            raise RuntimeError(f"a screening was answered {status}")
        hits += b'"hit":true' in body
    answers.put((latencies, hits, time.perf_counter() - clock))


def run_screening(sender: Sender, known: Sequence[str], count: int) -> dict[str, Any]:
    """Send ``count`` screenings over ``CONNECTIONS`` connections and return the sample."""
    context = multiprocessing.get_context("spawn")
    ready, answers = context.Barrier(CONNECTIONS + 1), context.Queue()
    share = count // CONNECTIONS
    workers = [
        context.Process(
            target=_send_all, args=(sender.web, make_requests(sender, known, share + 1), ready, answers), daemon=True
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
        "latencies_ms": latencies,
    }
