"""Ingest through HTTP: from the first byte sent to the last match visible.

Tokens are random bytes in the form of tokens, made before the clock starts: the platform sees hash outputs and cannot
tell. Two institutions submit in batches of ``BATCH`` clues with one identifier each; ``SHARED`` of each hundred tokens
are common to both, so there is something to match.
"""

from __future__ import annotations

import os
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.bench.keepalive import Connection, serialize
from config.bench.record import timestamp

BATCH = 10_000
SHARED = 5
POLL_S = 0.05
CLUE = {"category": "telecom-fraud", "grade": "B2", "channel": "inbound-call", "region": "CN-31"}


@dataclass(frozen=True, slots=True)
class Sender:
    """One institution: where it submits, and its bearer for the platform."""

    web: str
    bearer: str

    def get(self, connection: Connection, path: str) -> Any:
        return connection.fetch(serialize("GET", self.web + path, self.bearer), status=200)


def make_token() -> str:
    """32 random bytes in the form of a token."""
    return urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()


def make_body(type_code: str, tokens: Sequence[str]) -> dict[str, Any]:
    """A batch of one clue a token."""
    return {
        "clues": [
            {
                **CLUE,
                "client_ref": urlsafe_b64encode(os.urandom(16)).decode()[:22],
                "identifiers": [{"type": type_code, "epoch": 1, "token": token}],
            }
            for token in tokens
        ]
    }


def make_load(senders: Sequence[Sender], type_code: str, clues: int) -> tuple[list[list[bytes]], list[str]]:
    """The requests of each sender, ``clues`` in all, and the tokens that every sender submits."""
    each = clues // len(senders)
    shared = [make_token() for _ in range(each * SHARED // 100)]
    requests: list[list[bytes]] = []
    for sender in senders:
        tokens = shared + [make_token() for _ in range(each - len(shared))]
        requests.append(
            [
                serialize(
                    "POST",
                    f"{sender.web}/api/v1/batches",
                    sender.bearer,
                    make_body(type_code, tokens[start : start + BATCH]),
                    Idempotency_Key=os.urandom(16).hex(),
                )
                for start in range(0, each, BATCH)
            ]
        )
    return requests, shared


def run_load(senders: Sequence[Sender], requests: Sequence[Sequence[bytes]], clues: int) -> dict[str, Any]:
    """Send everything, one connection a sender, wait until all of it is released, and return the sample."""
    failures: list[BaseException] = []

    def work(sender: Sender, own: Sequence[bytes]) -> None:
        try:
            connection = Connection(sender.web)
            answers = [connection.fetch(request, status=202) for request in own]
            for answer in answers:
                while not (batch := sender.get(connection, f"/api/v1/batches/{answer['batch']}"))["released"]:
                    time.sleep(POLL_S)
                if batch["accepted"] != answer["clues"]:
                    raise RuntimeError("the platform did not accept every clue")
            connection.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(senders, requests, strict=True)]
    start, clock = timestamp(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - clock
    if failures:
        raise failures[0]
    return {"start": start, "units": clues, "seconds": round(seconds, 4)}
