"""`aif-share rings`."""

from __future__ import annotations

import click

from aif_share.cli.access import LIMIT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option

COLUMNS = (
    "ring",
    "score",
    "clues",
    "types",
    "band",
    "best_grade",
    "sectors",
    "categories",
    "first_seen_month",
    "last_seen_month",
)


@click.group()
def rings() -> None:
    """Look at the rings your clues are part of."""


@rings.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List the rings your clues are part of."""
    with open_client() as client:
        emit_answers(COLUMNS, (each.body for each in client.rings.list()), as_json=as_json, limit=limit)


@rings.command()
@click.argument("ring", type=References("R"))
@json_option
def show(ring: str, as_json: bool) -> None:
    """Show one ring and which of your clues are in it."""
    with open_client() as client:
        emit_answer(client.rings.get(ring).body, as_json=as_json)
