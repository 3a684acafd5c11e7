"""Webhooks go to receivers that fail, are slow, or answer without end."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from tests.faults import invariants
from tests.faults.load import Load
from tests.faults.table import Fault
from tests.members.delivery.receiver import Receiver

PATHS = ("/ok", "/500", "/slow", "/huge")
SECONDS = 2.0
DRAIN_S = 30.0
TOLD_TWICE = """
SELECT count(*) FROM (SELECT 1 FROM webhook_delivery d, unnest(d.events) AS event
    GROUP BY d.endpoint_id, event HAVING count(*) > 1) q
"""
FAILING = """
SELECT count(*) FROM webhook_endpoint w WHERE w.url LIKE '%%/500' AND w.failures > 0 AND EXISTS (
    SELECT 1 FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state IN ('pending', 'dead'))
"""


def run(load: Load, times: int) -> dict[str, Any]:
    """Register one receiver of each kind for each member, and submit for a while, `times` times.

    Matching is not held up: all is quiet soon after. The good receiver hears of each event under one id.
    """
    world = load.world
    with Receiver() as receiver:
        for sender in load.senders:
            for path in PATHS:
                body = {"url": receiver.url(path), "kinds": ["match.released"]}
                sender.ask("POST", "/webhooks", body, Idempotency_Key=os.urandom(8).hex())
        for _ in range(times):
            with load.running():
                time.sleep(SECONDS)
        begun = time.monotonic()
        held_up = invariants.wait_quiet(world, seconds=DRAIN_S)
        drained = time.monotonic() - begun
        (failing,) = world.select(FAILING)[0]
        (twice,) = world.select(TOLD_TWICE)[0]
        ids: dict[str, set[str]] = {}
        for request in [one for one in receiver.requests if one.path == "/ok"]:
            for event in json.loads(request.body)["data"]["events"]:
                ids.setdefault(event["event"], set()).add(request.id)
    told_twice = twice + sum(len(each) > 1 for each in ids.values())
    return {
        "webhooks": len(receiver.requests),
        "drained_s": round(drained, 1),
        "told_twice": told_twice,
        "failing_shown": failing,
        "holds": bool(ids) and not held_up and not told_twice and failing > 0,
    }


FAULT = Fault(17, "webhooks down, slow, endless", run, times=5)
