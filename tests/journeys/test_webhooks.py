"""On a running stack: a member registers a webhook, and what meets its report reaches it, signed."""

from __future__ import annotations

from typing import Any

from tests.prove import webhooks


def test_a_match_reaches_both_parties_while_others_submit(stack: Any) -> None:
    """Show 7 at reduced scale: every message arrives; how soon is measured at full scale, on a quiet machine."""
    found = webhooks.measure(stack, probes=4, rate_clues=4_000)
    assert found["messages"] == 8 and not found["load_failures"]
    assert found["p95_s"] < webhooks.GIVE_UP_S
