"""Evaluation and proof at a custodian over HTTP, pre-blinded, and the bare multiplication it cannot beat."""

from __future__ import annotations

import os
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import rbcl

from config.bench.keepalive import Connection, serialize
from config.bench.record import timestamp

TYPE = "domain"
REQUEST_ELEMENTS = 1000


def make_requests(url: str, bearer: str, count: int) -> list[bytes]:
    """Requests with ``count`` random group elements in all, ``REQUEST_ELEMENTS`` each."""
    return [
        serialize(
            "POST",
            f"{url}/evaluate",
            bearer,
            {"type": TYPE, "epoch": 1, "elements": [_element() for _ in range(REQUEST_ELEMENTS)]},
        )
        for _ in range(count // REQUEST_ELEMENTS)
    ]


def _element() -> str:
    return urlsafe_b64encode(rbcl.crypto_core_ristretto255_random()).rstrip(b"=").decode()


def run_evaluation(url: str, requests: Sequence[Sequence[bytes]]) -> dict[str, Any]:
    """Each list of requests is one institution's, sent over two connections."""
    failures: list[BaseException] = []

    def work(own: Sequence[bytes]) -> None:
        try:
            connection = Connection(url)
            for request in own:
                status, body = connection.send(request)
                if status != 200 or b'"proof"' not in body:
                    raise RuntimeError(f"the custodian answered {status}")
            connection.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(own[half::2],)) for own in requests for half in (0, 1)]
    start, clock = timestamp(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - clock
    if failures:
        raise failures[0]
    return {"start": start, "units": sum(map(len, requests)) * REQUEST_ELEMENTS, "seconds": round(seconds, 4)}


def run_multiplication(count: int) -> dict[str, Any]:
    """``count`` bare scalar multiplications in one thread."""
    scalar = rbcl.crypto_core_ristretto255_scalar_reduce(os.urandom(64))
    elements = [rbcl.crypto_core_ristretto255_random() for _ in range(min(count, 1000))]
    start, clock = timestamp(), time.perf_counter()
    for number in range(count):
        rbcl.crypto_scalarmult_ristretto255(scalar, elements[number % len(elements)])
    return {"start": start, "units": count, "seconds": round(time.perf_counter() - clock, 4)}
