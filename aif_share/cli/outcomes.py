"""`aif-share outcomes`."""

from __future__ import annotations

import click

from aif_share.cli.access import listed, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option


@click.command()
@click.option("--since", help="Proceedings that began on this day, such as 2026-11-01, or later.")
@click.option("--until", help="Proceedings that began before this day.")
@click.option("--track", type=listed("tracks"))
@click.option("--province", type=listed("regions"))
@click.option("--category", type=listed("categories"))
@json_option
def outcomes(
    since: str | None, until: str | None, track: str | None, province: str | None, category: str | None, as_json: bool
) -> None:
    """Show what came of the cases: your own counters, and the alliance's."""
    with open_client() as client:
        found = client.outcomes.get(since=since, until=until, track=track, province=province, category=category)
    if as_json:
        emit_answer(found.body, as_json=True)
    else:
        emit_answers(("counter", "unit", "own", "alliance"), (row.body for row in found.counters), as_json=False)
