"""`aif-share batches`."""

from __future__ import annotations

import click

from aif_share.cli.access import LIMIT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, emit_json_list, json_option

COLUMNS = (
    "batch",
    "received_at",
    "state",
    "clues",
    "accepted",
    "duplicates",
    "refused",
    "quarantined",
    "matched",
    "released",
)
BATCH = References("B")


@click.group()
def batches() -> None:
    """Look at the batches you submitted. `aif-share submit` makes them."""


@batches.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List your batches, newest first."""
    with open_client() as client:
        emit_answers(COLUMNS, (each.body for each in client.batches.list()), as_json=as_json, limit=limit)


@batches.command()
@click.argument("batch", type=BATCH)
@json_option
def show(batch: str, as_json: bool) -> None:
    """Show where a batch stands."""
    with open_client() as client:
        emit_answer(client.batches.get(batch).body, as_json=as_json)


@batches.command()
@click.argument("batch", type=BATCH)
@json_option
def hold(batch: str, as_json: bool) -> None:
    """Show why a batch is held, and what the alliance decided."""
    with open_client() as client:
        emit_answer(client.batches.hold(batch).body, as_json=as_json)


@batches.command()
@click.argument("batch", type=BATCH)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV as the platform gives it.")
@click.option("--refused", is_flag=True, help="Rows refused or set aside alone.")
@json_option
def results(batch: str, as_csv: bool, refused: bool, as_json: bool) -> None:
    """Print the outcome of every row of a batch, streamed."""
    if as_csv and (refused or as_json):
        raise click.UsageError("--csv goes with neither --refused nor --json")
    with open_client() as client:
        if as_csv:
            for line in client.batches.results_csv(batch):
                click.echo(line)
            return
        rows = (each.body for each in client.batches.stream_results(batch))
        chosen = (row for row in rows if not refused or row.get("outcome") in ("refused", "quarantined"))
        if as_json:
            emit_json_list(chosen)
        else:
            emit_answers(("row", "client_ref", "outcome", "code"), chosen, as_json=False)
