"""`aif-share directory`."""

from __future__ import annotations

import click

from aif_share.cli.access import open_client
from aif_share.cli.output import emit_json, emit_rows, json_option


@click.command()
@json_option
def directory(as_json: bool) -> None:
    """Fetch and check the signed key directory: which custodians a token of each type goes through, in which epoch."""
    with open_client() as client:
        found = client.directory()
    if as_json:
        emit_json(
            {
                "issued_at": found.issued_at.isoformat().replace("+00:00", "Z"),
                "entries": [
                    {
                        "type": entry.type,
                        "epoch": entry.epoch,
                        "suite": entry.suite,
                        "custodians": [
                            {"name": hop.name, "url": hop.url, "public_key": hop.public_key} for hop in entry.custodians
                        ],
                        "not_before": entry.not_before.isoformat().replace("+00:00", "Z"),
                        "not_after": entry.not_after and entry.not_after.isoformat().replace("+00:00", "Z"),
                    }
                    for entry in found.entries
                ],
            }
        )
        return
    emit_rows(
        ("type", "epoch", "custodians", "not_before", "not_after"),
        (
            (entry.type, entry.epoch, [hop.name for hop in entry.custodians], entry.not_before, entry.not_after)
            for entry in found.entries
        ),
    )
