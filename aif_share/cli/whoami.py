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
    rows = [(name, value) for name, value in me.items() if value is not None and not isinstance(value, dict)]
    if suspension := me.get("screening_suspension"):
        rows.append(("screening", f"suspended ({suspension['cause']}, {suspension['suspension']})"))
    rows += [(f"key {name}", value) for name, value in me.get("key", {}).items()]
    rows += [
        (f"{name} today", f"{quota['used']} of {quota['limit']}")
        for name, quota in me.get("quotas", {}).items()
        if quota.get("used") is not None  # evaluations are counted by each custodian
    ]
    for each in custodians:
        quota = each.get("quota", {}).get("evaluate", {})
        state = f"{quota['used']} of {quota['limit']}" if quota else each.get("code", "")
        rows.append((f"evaluate today at {each['custodian']}", state))
    emit_rows(("", ""), rows)
