"""`aif-share normalize`."""

from __future__ import annotations

import sys

import click

from aif_share.cli.access import TYPE
from aif_share.cli.output import OK, REFUSED, emit_json_list, json_option, say
from aif_share.client.source import stream_values
from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize as canonical_of


@click.command()
@click.argument("type", type=TYPE)
@click.argument("value", required=False, default="-")
@json_option
def normalize(type: str, value: str, as_json: bool) -> int:
    """Print the canonical form of VALUE, or of each line of stdin (-, the default).

    A value that does not fit the type is told by line and code on stderr and is never repeated; exit code 1. Values on
    a command line stay in the shell's history, so prefer stdin.
    """
    if value == "-":
        values = stream_values(sys.stdin.buffer)
    else:
        values = iter([(1, value, "")])
    refused = 0
    rows = []
    for line, text, problem in values:
        suggestion = None
        if text is not None:
            try:
                canonical = canonical_of(type, text)
            except InvalidIdentifier as error:
                problem, suggestion = error.code, error.suggested_type
            else:
                if as_json:
                    rows.append({"line": line, "canonical": canonical})
                else:
                    click.echo(canonical)
                continue
        refused += 1
        say(f"line {line}: {problem}" + (f" (looks like {suggestion})" if suggestion else ""))
        if as_json:
            rows.append({"line": line, "code": problem, "suggested_type": suggestion})
    if as_json:
        emit_json_list(rows)
    return REFUSED if refused else OK
