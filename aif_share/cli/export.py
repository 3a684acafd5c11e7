"""`aif-share export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aif_share.cli.access import open_client
from aif_share.cli.files import saved
from aif_share.cli.output import emit_answer, json_option, say
from aif_share.client.resources.exports import FORMS, WHAT


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.option("--as", "form", type=click.Choice(list(FORMS)), default="csv", show_default=True)
@click.option("--since", help="From this day, such as 2026-11-01.")
@click.option("--until", help="Up to this day, which is included.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A new file; by default standard output."
)
@json_option
def export(what: str, form: str, since: str | None, until: str | None, output: Path | None, as_json: bool) -> None:
    """Export your clues, matches or content as CSV or STIX 2.1. The audit trail of your institution tells of it."""
    if as_json and output is None:
        raise click.UsageError("--json tells of the file that --output names")
    with open_client() as client:
        if output is None:
            client.exports.save(what, sys.stdout.buffer, form=form, since=since, until=until)
            return
        with saved(output) as file:
            size = client.exports.save(what, file, form=form, since=since, until=until)
    if as_json:
        emit_answer({"what": what, "form": form, "file": str(output), "bytes": size}, as_json=True)
    else:
        say(f"{size} bytes written.")
