"""`aif-share events`."""

from __future__ import annotations

import json

import click

from aif_share.cli.access import LIMIT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option, say
from aif_share.client.resources.events import Event

COLUMNS = ("event", "at", "kind", "subject")


@click.group()
def events() -> None:
    """Read the feed: everything that happened, in one order."""


@events.command("list")
@click.option("--kind", help="Events of this kind alone, such as match.released.")
@click.option("--since", "cursor", help="Go on from this cursor; `--follow` names it on stderr.")
@click.option("--follow", is_flag=True, help="Wait for more; with --json one object a line.")
@LIMIT
@json_option
def list_(kind: str | None, cursor: str | None, follow: bool, limit: int | None, as_json: bool) -> None:
    """List what happened, oldest first."""
    with open_client() as client:
        if not follow:
            found = client.events.list(cursor=cursor, kind=kind)
            rows = (each.body if as_json else _shown(each) for each in found)
            emit_answers(COLUMNS, rows, as_json=as_json, limit=limit)
            return
        reached = cursor
        try:
            for count, event in enumerate(client.events.follow(cursor=cursor, kind=kind), 1):
                row = _shown(event)
                line = json.dumps(dict(event.body), ensure_ascii=False)
                click.echo(line if as_json else "\t".join(str(row[name] or "") for name in COLUMNS))
                reached = event.cursor
                if count == limit:
                    return
        finally:
            if reached:
                say(f"Go on with --since {reached}")


@events.command()
@click.argument("event", type=References("E"))
@json_option
def show(event: str, as_json: bool) -> None:
    """Show one event."""
    with open_client() as client:
        emit_answer(client.events.get(event).body, as_json=as_json)


def _shown(event: Event) -> dict[str, object]:
    return {**event.body, "subject": event.subject}
