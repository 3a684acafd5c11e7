"""`aif-share vocabulary`."""

from __future__ import annotations

import click

from aif_share.cli.access import open_client
from aif_share.cli.output import emit_json, emit_rows, json_option


@click.command()
@click.argument("list_name", metavar="[LIST]", required=False)
@json_option
def vocabulary(list_name: str | None, as_json: bool) -> None:
    """Show the platform's lists of codes, or the codes of one LIST."""
    with open_client() as client:
        lists = client.vocabulary()
    if list_name is not None and list_name not in lists:
        raise click.UsageError(f"there is no such list. Known are: {', '.join(lists)}")
    chosen = lists if list_name is None else {list_name: lists[list_name]}
    if as_json:
        emit_json(chosen if list_name is None else lists[list_name])
    else:
        rows = (
            [name, row.get("code"), row.get("zh"), row.get("en")] for name, list_ in chosen.items() for row in list_
        )
        emit_rows(("list", "code", "zh", "en"), rows)
