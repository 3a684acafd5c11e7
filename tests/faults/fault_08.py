"""The broker delivers everything several times, in another order, and what nobody of ours sent."""

from __future__ import annotations

import base64
import json
import os
import pickle
import time
from pathlib import Path
from typing import Any

from celery import Celery

from tests.faults.load import Load
from tests.faults.table import Fault
from tests.members.delivery.receiver import Receiver

TASKS = ("clues.tasks.work", "clues.tasks.oracle", "members.tasks.deliver_pending")
TOLD_TWICE = """
SELECT count(*) FROM (SELECT 1 FROM webhook_delivery d, unnest(d.events) AS event
    GROUP BY d.endpoint_id, event HAVING count(*) > 1) q
"""
PATIENCE_S = 30.0


def run(load: Load, times: int) -> dict[str, Any]:
    """So often: every task three times, shuffled; one that is unknown, one with arguments of others, one that is pickled.

    A webhook listens: each event comes under one message id, however often it comes.
    """
    world = load.world
    app = Celery(broker=f"redis+socket://{world.plan.valkey_socket}")
    canary = world.folder / "unpickled"
    with Receiver() as receiver:
        status, _made = load.senders[0].ask(
            "POST", "/webhooks", {"url": receiver.url("/ok"), "kinds": ["match.released"]}, Idempotency_Key=os.urandom(8).hex()
        )  # fmt: skip
        with load.running():
            for _ in range(times):
                names = [*TASKS * 3, "clues.tasks.unknown"]
                world.random.shuffle(names)
                for name in names:
                    app.send_task(name, kwargs={"later": 1} if world.random.random() < 0.2 else {})
                world.open_valkey().lpush("celery", _pickled(canary))
                time.sleep(1.0)
        until = time.monotonic() + PATIENCE_S
        while not receiver.requests and time.monotonic() < until:
            time.sleep(0.1)
        ids: dict[str, set[str]] = {}
        for request in list(receiver.requests):
            for event in json.loads(request.body)["data"]["events"]:
                ids.setdefault(event["event"], set()).add(request.id)
    app.close()
    (twice,) = world.select(TOLD_TWICE)[0]
    told = sum(1 for each in ids.values() if len(each) > 1)
    return {
        "messages": times * (3 * len(TASKS) + 2),
        "webhooks": len(receiver.requests),
        "events_told_twice": twice + told,
        "unpickled": int(canary.exists()),
        "holds": status == 201 and bool(receiver.requests) and not twice and not told and not canary.exists(),
    }


class _Touch:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.path),))


def _pickled(canary: Path) -> bytes:
    """A message that would make a folder if anybody unpickled it."""
    body = base64.b64encode(pickle.dumps(([_Touch(canary)], {}, {}))).decode()
    return json.dumps({
        "body": body, "content-encoding": "binary", "content-type": "application/x-python-serialize",
        "headers": {"lang": "py", "task": "clues.tasks.work", "id": os.urandom(16).hex(), "argsrepr": "()"},
        "properties": {"correlation_id": "1", "delivery_mode": 2, "delivery_tag": os.urandom(8).hex(), "priority": 0,
                       "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "celery"}},
    }).encode()  # fmt: skip


FAULT = Fault(8, "messages doubled, shuffled, forged", run, times=30, short=2)
