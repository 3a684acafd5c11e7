"""Hit or miss cannot be told from a submission: by how long it took, or by how long the answer is.

One institution submits, over HTTP to a stack of its own, clues whose identifiers another one reported before, and clues that nobody
knows, in one order drawn by chance on one connection: what the worker does meanwhile falls on both kinds alike. Welch's t is taken of
all latencies, and again without the slowest tenth (as dudect crops them); the larger one counts. That hits were hits is counted in
the end, and the smallest difference that would have been seen is told.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from collections.abc import Sequence

import psycopg2

from aif_share.wire.keys import PLATFORM
from config.bench.ingest import BATCH, Sender, make_body, make_token
from config.bench.keepalive import Connection, serialize
from config.stack import Stack
from tests.aif_share.client.members import admit
from tests.trust.goals import Figure

EACH = 2_000
WARM_UP = 100
TYPE = "domain"
BOUND = 4.5
WAIT_SECONDS = 120
SHARED = "SELECT count(*) FROM (SELECT type, epoch, token FROM sighting GROUP BY 1, 2, 3 HAVING count(DISTINCT institution_id) > 1) s"


def run(scale: float) -> dict[str, Figure]:
    """Submit 2 × 2,000 (times scale); raise RuntimeError if a hit was none, or answers differ in length."""
    each = max(50, round(EACH * scale))
    with Stack() as stack:
        here, there = (Sender(stack.url, admit(stack, submit_quota=10_000_000).bearer_for(PLATFORM)) for _ in range(2))
        known = [make_token() for _ in range(each)]
        _report(there, known)
        order = [True] * each + [False] * each
        random.SystemRandom().shuffle(order)
        latencies, lengths = _submit(here, known, order)
        found = _wait_for_shared(stack.admin_url, each)
    if found != each:
        raise RuntimeError(f"{found} of {each} hits were hits")
    if lengths[True] != lengths[False]:
        raise RuntimeError(f"answers to hits have other lengths: {lengths}")
    hits, misses = latencies[True], latencies[False]
    crop = statistics.quantiles(hits + misses, n=10)[-1]
    cropped = [[each for each in side if each <= crop] for side in (hits, misses)]
    whole, kept = welch(hits, misses), welch(*cropped)
    return {
        "timing_abs_t": round(max(abs(whole[0]), abs(kept[0])), 2),
        "timing_submissions": 2 * each,
        "timing_median_ms": round(statistics.median(hits + misses) * 1000, 2),
        "timing_would_see_ms": round(BOUND * kept[1] * 1000, 3),
        "timing_answer_bytes": " ".join(map(str, sorted(lengths[True]))),
    }


def welch(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Welch's t of two samples, and the standard error of the difference of their means."""
    error = (statistics.variance(one) / len(one) + statistics.variance(other) / len(other)) ** 0.5
    return (statistics.fmean(one) - statistics.fmean(other)) / error, error


def _submit(
    sender: Sender, known: Sequence[str], order: Sequence[bool]
) -> tuple[dict[bool, list[float]], dict[bool, set[int]]]:
    unasked = iter(known)
    requests = [_request(sender, [next(unasked) if hit else make_token()]) for hit in order]
    if len({len(request) for request in requests}) != 1:
        raise RuntimeError("the questions themselves have different lengths")
    connection = Connection(sender.web)
    for _ in range(WARM_UP):
        connection.fetch(_request(sender, [make_token()]), status=202)
    latencies: dict[bool, list[float]] = {True: [], False: []}
    lengths: dict[bool, set[int]] = {True: set(), False: set()}
    for hit, request in zip(order, requests, strict=True):
        clock = time.perf_counter()
        status, body = connection.send(request)
        latencies[hit].append(time.perf_counter() - clock)
        if status != 202:
            raise RuntimeError(f"a submission was answered {status} {json.loads(body).get('code')}")
        lengths[hit].add(len(body))
    connection.close()
    return latencies, lengths


def _request(sender: Sender, tokens: Sequence[str]) -> bytes:
    url = f"{sender.web}/api/v1/batches"
    return serialize("POST", url, sender.bearer, make_body(TYPE, tokens), Idempotency_Key=os.urandom(16).hex())


def _report(sender: Sender, tokens: Sequence[str]) -> None:
    connection = Connection(sender.web)
    for start in range(0, len(tokens), BATCH):
        answer = connection.fetch(_request(sender, tokens[start : start + BATCH]), status=202)
        limit = time.monotonic() + WAIT_SECONDS
        while not sender.get(connection, f"/api/v1/batches/{answer['batch']}")["released"]:
            if time.monotonic() > limit:
                raise RuntimeError("what the other institution reported was not released in time")
            time.sleep(0.1)
    connection.close()


def _wait_for_shared(url: str, count: int) -> int:
    """Wait until as many identifiers are held by both; return how many are in the end."""
    limit = time.monotonic() + WAIT_SECONDS
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        while True:
            cursor.execute(SHARED)
            (found,) = cursor.fetchone()
            if found >= count or time.monotonic() > limit:
                return int(found)
            time.sleep(0.5)
