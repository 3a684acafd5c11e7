"""`aif-share whoami`."""

from __future__ import annotations

import click

from aif_share.cli.access import open_client
from aif_share.cli.output import emit_json, emit_rows, json_option


@click.command()
@json_option
def whoami(as_json: bool) -> None:
    """Show your institution, this key's scopes, and your quotas at the platform and at each custodian."""
    with open_client() as client:
        me = client.whoami()
        custodians = client.custodians()
    if as_json:
        emit_json({**me, "custodians": custodians})
        return
    rows = [(name, value) for name, value in me.items() if not isinstance(value, dict)]
    rows += [
        (f"{name}.{key}", inner)
        for name, value in me.items()
        if isinstance(value, dict)
        for key, inner in value.items()
    ]
    for each in custodians:
        quota = each.get("quota", {}).get("evaluate", {})
        state = f"{quota['used']} of {quota['limit']} evaluations used" if quota else each.get("code", "")
        rows.append((f"custodian:{each['custodian']}", state))
    emit_rows(("", ""), rows)
