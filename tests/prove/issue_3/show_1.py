"""Schemathesis against the running server's own schema: at least 20,000 requests, good and bad ones, alone and in chains."""

from __future__ import annotations

from typing import Any

from config.stack import Stack
from tests.prove.schema_cases import run as run_cases

CASES = 20_000
PAST = 0.6
ENV = {
    "AIF_DISCLOSURE_TICK": "0.2",
    "AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",  # its webhooks end at this machine
    "AIF_RATE_LIMIT": "10000000/minute",
}


def run() -> dict[str, Any]:
    """Run it on a stack of its own; every status by operation and every failure goes into the samples."""
    with Stack(env=ENV) as stack:
        found = run_cases(stack, cases=CASES)
    server_errors = sum(count for status, count in found.statuses.items() if status >= 500)
    share = found.past / max(1, found.cases)
    return {
        "holds": not (found.failures or server_errors) and found.cases >= CASES and share >= PAST,
        "scale": {"cases": found.cases, "requests": found.requests, "operations": len(found.by_operation)},
        "past_authentication_and_validation": round(share, 3),
        "in_chains": found.links_followed,
        "server_errors": server_errors,
        "failures": found.failures,
        "errors_of_the_tool": found.errors,
        "samples": {name: {str(k): v for k, v in sorted(c.items())} for name, c in sorted(found.by_operation.items())},
    }
