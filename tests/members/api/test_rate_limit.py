"""Requests in a short time, against a real Redis (Valkey) that is started, stopped and frozen."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from config.stack import valkey
from members.api import rate_limit
from members.api.base import ApiView
from members.api.rate_limit import Counter, TooManyRequests
from tests.factories import bearer, make_institution, make_key

HOUR = 3600


class Redis:
    """One server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "s"
        self.url = valkey.url(self.socket)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(valkey.command(self.folder, self.socket), stdout=subprocess.DEVNULL)
        while not valkey.answers(self.socket):
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than the platform does: an answer that a busy machine delays is no failure of the counter."""
    monkeypatch.setattr(rate_limit, "TIMEOUT", 10.0)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.stop()


def allowed(counter: Counter, requests: int, institution: int = 1) -> int:
    passed = 0
    for _ in range(requests):
        try:
            counter.take(institution)
            passed += 1
        except TooManyRequests:
            pass
    return passed


def test_one_process(redis: Redis) -> None:
    counter = Counter(limit=5, window=HOUR, url=redis.url)
    shown = [counter.take(1) for _ in range(5)]
    assert [each["RateLimit"].partition(";t=")[0] for each in shown] == [f'"burst";r={n}' for n in (4, 3, 2, 1, 0)]
    assert {each["RateLimit-Policy"] for each in shown} == {'"burst";q=5;w=3600'}
    with pytest.raises(TooManyRequests) as refused:
        counter.take(1)
    assert refused.value.code == "too-many-requests"
    assert 1 <= refused.value.extra["retry_after"] <= HOUR + 1
    assert refused.value.headers["RateLimit"].startswith('"burst";r=0;t=')
    assert allowed(counter, 9, institution=2) == 5, "each institution has its own"


@pytest.mark.parametrize("limit", [7, 20_011])
def test_processes_and_threads_together_never_exceed_it(redis: Redis, limit: int) -> None:
    """Also where each takes leases of several requests, and the last lease is a part."""
    counters = [Counter(limit=limit, window=HOUR, url=redis.url) for _process in range(3)]
    with ThreadPoolExecutor(6) as pool:
        passed = list(pool.map(lambda n: allowed(counters[n % 3], limit // 4), range(6)))
    assert limit - 3 * counters[0].lease <= sum(passed) <= limit


def test_a_new_window_begins_anew(redis: Redis) -> None:
    counter = Counter(limit=2, window=2, url=redis.url)
    for _window in range(2):
        time.sleep(2 - time.time() % 2)
        assert allowed(counter, 5) == 2


def test_flushed(redis: Redis) -> None:
    counters = [Counter(limit=5, window=HOUR, url=redis.url) for _process in range(2)]
    assert allowed(counters[0], 5) == 5
    counters[0]._storage.storage.flushall()
    assert allowed(counters[1], 9) == 5


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_without_redis_everything_passes_at_once(redis: Redis, how: str, monkeypatch: Any, caplog: Any) -> None:
    caplog.set_level(logging.WARNING, logger=rate_limit.__name__)
    monkeypatch.setattr(rate_limit, "TIMEOUT", 0.5)
    counter = Counter(limit=5, window=HOUR, url=redis.url)
    assert allowed(counter, 5) == 5
    os.kill(redis.process.pid, signal.SIGSTOP) if how == "frozen" else redis.stop()
    start = time.monotonic()
    assert allowed(counter, 10_000, institution=2) == 10_000
    assert time.monotonic() - start < 3, "one attempt, then none for some seconds"
    assert counter.take(2) == {"RateLimit-Policy": '"burst";q=5;w=3600'}
    assert len(caplog.messages) == 1
    monkeypatch.setattr(counter, "_resting_until", 0.0)
    assert allowed(counter, 10, institution=2) == 10
    assert len(caplog.messages) == 1, "said once, not at every attempt"

    os.kill(redis.process.pid, signal.SIGCONT) if how == "frozen" else redis.start()
    monkeypatch.setattr(counter, "_resting_until", 0.0)
    assert allowed(counter, 10, institution=3) == 5
    assert len(caplog.messages) == 2


def test_it_costs_few_round_trips(redis: Redis, monkeypatch: Any) -> None:
    counter = Counter(limit=200_000, window=HOUR, url=redis.url)
    trips: list[str] = []
    take = counter._storage.incr
    monkeypatch.setattr(counter._storage, "incr", lambda *given: (trips.append(given[0]), take(*given))[1])
    assert allowed(counter, 10_000) == 10_000
    # A lease is 20 requests; another window of an hour may begin in between.
    assert 10_000 / 20 <= len(trips) <= 10_000 / 20 + 1


class Ping(ApiView):
    required_scope = "read"

    def get(self, request: Any) -> Response:
        return Response({})


def test_every_answer_to_a_known_caller_tells(db: None, redis: Redis, monkeypatch: Any) -> None:
    counter = Counter(limit=3, window=HOUR, url=redis.url)
    monkeypatch.setattr(rate_limit, "counter", lambda: counter)
    institution = make_institution()
    may, may_not = (bearer(make_key(institution, scopes=[scope])) for scope in ("read", "submit"))

    def get(header: dict[str, str], path: str = "/x") -> Any:
        return Ping.as_view()(APIRequestFactory().get(path, **header))

    answers = [get(may), get(may_not), get(may, "/x?y=1"), get(may), get({})]
    assert [each.status_code for each in answers] == [200, 403, 400, 429, 401]
    assert [each.headers.get("RateLimit", "-").partition(";t=")[0] for each in answers] == [
        '"burst";r=2', '"burst";r=1', '"burst";r=0', '"burst";r=0', "-",
    ]  # fmt: skip
    assert answers[3].data["code"] == "too-many-requests" and int(answers[3]["Retry-After"]) >= 1
