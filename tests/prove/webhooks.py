"""From the 202 of a submission to its match in the receivers' hands, while the platform takes in half of what it can.

Two institutions submit at half the rate that the same stack reached just before. A third one has reported some tokens;
a fourth reports one of them at a time, and both are told by webhook. A sample lasts from the 202 until the later of the
two has its message, signature checked. The receiver is a threaded server on 127.0.0.1, of this process.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from aif_share.wire.keys import PLATFORM, MemberKey
from config.bench import ingest
from config.bench.keepalive import Connection, serialize
from config.bench.record import timestamp
from config.stack import Stack
from tests.members.delivery.receiver import Receiver

ALLOW = {"AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.1/32"}
QUOTAS = {"evaluate_quota": 100_000_000, "submit_quota": 100_000_000, "screen_quota": 100_000_000}
PROBES = 100
RATE_CLUES = 200_000
BATCH = 2_000
LOAD_TYPE, PROBE_TYPE = "cn-mobile", "domain"
GIVE_UP_S = 30.0
BOUND_S = 2.0


def measure(stack: Stack, *, probes: int = PROBES, rate_clues: int = RATE_CLUES) -> dict[str, Any]:
    """Return `holds`, `p95_s`, the rates and all samples; the stack must run with ALLOW."""
    senders = [_join(stack, f"load {number}") for number in (1, 2)]
    first, second = _join(stack, "first"), _join(stack, "second")
    requests, _ = ingest.make_load(senders, LOAD_TYPE, rate_clues)
    measured = ingest.run_load(senders, requests, rate_clues)
    rate = measured["units"] / measured["seconds"]
    with Receiver() as receiver:
        secrets = {
            path: _register(sender, receiver.url(path)) for path, sender in (("/first", first), ("/second", second))
        }
        tokens = [ingest.make_token() for _ in range(probes)]
        _submit_and_wait(first, tokens)
        loads = [Load(sender, rate / 2 / len(senders)) for sender in senders]
        for load in loads:
            load.start()
        time.sleep(3.0)
        samples = [_probe(second, token, receiver, secrets) for token in tokens]
        for load in loads:
            load.finish()
    achieved = sum(load.achieved for load in loads)
    failures = [repr(failure) for load in loads for failure in load.failures]
    waits = sorted(sample["seconds"] for sample in samples)
    p95 = waits[max(0, -(-len(waits) * 95 // 100) - 1)]
    return {
        "holds": p95 <= BOUND_S and achieved >= 0.9 * rate / 2 and not failures,
        "p50_s": waits[len(waits) // 2],
        "p95_s": p95,
        "bound_s": BOUND_S,
        "ingest_clues_per_s": round(rate, 1),
        "load_clues_per_s": round(achieved, 1),
        "load_failures": failures,
        "messages": len(receiver.requests),
        "samples": samples,
    }


class Load(threading.Thread):
    """Submits the batches of one institution at a steady rate, until it is told to finish."""

    def __init__(self, sender: ingest.Sender, clues_per_s: float) -> None:
        super().__init__(daemon=True)
        self.failures: list[BaseException] = []
        self.achieved = 0.0
        self._sender = sender
        self._pause = BATCH / clues_per_s
        self._over = threading.Event()

    def run(self) -> None:
        connection = Connection(self._sender.web)
        started, sent = time.monotonic(), 0
        try:
            while not self._over.is_set():
                connection.fetch(
                    _batch(self._sender, LOAD_TYPE, [ingest.make_token() for _ in range(BATCH)]), status=202
                )
                sent += 1
                self._over.wait(max(0.0, started + sent * self._pause - time.monotonic()))
        except BaseException as error:
            self.failures.append(error)
        connection.close()
        self.achieved = sent * BATCH / (time.monotonic() - started)

    def finish(self) -> None:
        self._over.set()
        self.join(timeout=60)


def _join(stack: Stack, name: str) -> ingest.Sender:
    made = stack.create_institution(f"{name} of {timestamp()}", "telecom", None, **QUOTAS)
    return ingest.Sender(stack.url, MemberKey.parse(made["api_key"]).bearer_for(PLATFORM))


def _register(sender: ingest.Sender, url: str) -> str:
    body = {"url": url, "kinds": ["match.released"]}
    request = serialize(
        "POST", f"{sender.web}/api/v1/webhooks", sender.bearer, body, Idempotency_Key=os.urandom(16).hex()
    )
    connection = Connection(sender.web)
    secret: str = connection.fetch(request, status=201)["secret"]
    connection.close()
    return secret


def _batch(sender: ingest.Sender, type_code: str, tokens: Sequence[str]) -> bytes:
    clues = [
        {
            **ingest.CLUE,
            "client_ref": os.urandom(11).hex(),
            "identifiers": [{"type": type_code, "epoch": 1, "token": token}],
        }
        for token in tokens
    ]
    return serialize(
        "POST",
        f"{sender.web}/api/v1/batches",
        sender.bearer,
        {"clues": clues},
        Idempotency_Key=os.urandom(16).hex(),
    )


def _submit_and_wait(sender: ingest.Sender, tokens: Sequence[str]) -> None:
    connection = Connection(sender.web)
    made = connection.fetch(_batch(sender, PROBE_TYPE, tokens), status=202)
    while not sender.get(connection, f"/api/v1/batches/{made['batch']}")["released"]:
        time.sleep(0.05)
    connection.close()


def _probe(sender: ingest.Sender, token: str, receiver: Receiver, secrets: dict[str, str]) -> dict[str, Any]:
    before = {path: len(receiver.at(path)) for path in secrets}
    connection = Connection(sender.web)
    request, start = _batch(sender, PROBE_TYPE, [token]), timestamp()
    connection.fetch(request, status=202)
    accepted = time.monotonic()
    connection.close()
    moments = []
    for path, secret in secrets.items():
        while len(receiver.at(path)) == before[path]:
            if time.monotonic() - accepted > GIVE_UP_S:
                return {"start": start, "seconds": GIVE_UP_S}
            time.sleep(0.005)
        got = receiver.at(path)[before[path]]
        assert len(got.verified(secret)["data"]["events"]) == 1
        moments.append(got.at)
    return {"start": start, "seconds": round(max(moments) - accepted, 4)}
