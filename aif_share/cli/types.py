"""`aif-share types`."""

from __future__ import annotations

import click

from aif_share.cli.output import emit_json, emit_rows, json_option
from aif_share.identifiers import types as known


@click.command()
@json_option
def types(as_json: bool) -> None:
    """List the identifier types: code, labels, whether personal, version of the canonical form."""
    rows = [
        {
            "code": each.code,
            "zh": each.zh,
            "en": each.en,
            "personal": each.personal,
            "link": each.link,
            "version": each.version,
        }
        for each in known().values()
    ]
    if as_json:
        emit_json(rows)
    else:
        emit_rows(tuple(rows[0]), ([*row.values()] for row in rows))
