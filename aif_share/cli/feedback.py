"""`aif-share feedback`."""

from __future__ import annotations

import click

from aif_share.cli.access import REPEAT, References, listed, open_client
from aif_share.cli.output import emit_answer, json_option


@click.command()
@click.argument("match", type=References("M"))
@click.argument("verdict", type=listed("feedback-verdicts"))
@click.option("--reason", type=listed("feedback-reasons"))
@REPEAT
@json_option
def feedback(match: str, verdict: str, reason: str | None, key: str | None, as_json: bool) -> None:
    """Say what came of a MATCH: confirm, false-positive, acted, no-action or enriched. A later verdict replaces it."""
    with open_client() as client:
        emit_answer(client.feedback.give(match, verdict, reason=reason, idempotency_key=key).body, as_json=as_json)
