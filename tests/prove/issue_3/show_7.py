"""Under half the ingest rate: a disputed clue stops answering within 5 s, a match reaches its webhooks within 2 s (p95)."""

from __future__ import annotations

from typing import Any

from config.stack import Stack
from tests.prove import disputes, webhooks

DISPUTES = 100
DISPUTE_BOUND_S = 5.0


def run() -> dict[str, Any]:
    with Stack(env=webhooks.ALLOW) as stack:
        nudged = webhooks.measure(stack)
        disputed = disputes.measure(stack, disputes=DISPUTES, rate=int(nudged["ingest_clues_per_s"] / 2))
    waits = sorted(disputed["seconds"])
    p95 = waits[max(0, -(-len(waits) * 95 // 100) - 1)]
    return {
        "holds": nudged["holds"] and p95 <= DISPUTE_BOUND_S,
        "scale": {
            "disputes": DISPUTES,
            "dispute_bound_s": DISPUTE_BOUND_S,
            "probes": webhooks.PROBES,
            "webhook_bound_s": webhooks.BOUND_S,
            "load_batch": webhooks.BATCH,
            "ingest_clues": webhooks.RATE_CLUES,
        },
        "dispute_p95_s": p95,
        "webhook_p95_s": nudged["p95_s"],
        "samples": {"disputes": disputed, "webhooks": nudged},
    }
