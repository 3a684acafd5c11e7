"""`aif-share quota`."""

from __future__ import annotations

import click

from aif_share.cli.access import open_client
from aif_share.cli.output import emit_json, emit_rows, json_option, say


@click.command()
@json_option
def quota(as_json: bool) -> None:
    """Show what is used and left of today's quotas at the platform; `whoami` asks the custodians too."""
    with open_client() as client:
        found = client.quota.get()
    if as_json:
        emit_json(found.body)
        return
    names = ("limit", "used", "remaining")
    emit_rows(("quota", *names), ([name, *map(row.get, names)] for name, row in found.quotas.items()))
    if uncounted := [name for name, row in found.quotas.items() if row.get("used") is None]:
        say(f"Each custodian counts {', '.join(uncounted)} for itself: `aif-share whoami` asks them.")
