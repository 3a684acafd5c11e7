"""`aif-share tokenize`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from aif_share.cli.access import TYPE, open_client
from aif_share.cli.output import OK, REFUSED, emit_json_list, json_option, say
from aif_share.client.api import Client
from aif_share.client.source import stream_values
from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize

AT_ONCE = 10_000


@click.command()
@click.argument("type", type=TYPE)
@click.argument("value", required=False, default="-")
@json_option
def tokenize(type: str, value: str, as_json: bool) -> int:
    """Print the token of VALUE, or of each line of stdin (-, the default), for use with the API.

    Each value is evaluated, and charged, by every custodian. Tokens stay personal data: keep them as you keep the values.
    """
    values = stream_values(sys.stdin.buffer) if value == "-" else iter([(1, value, "")])
    refused: list[int] = []
    with open_client() as client:
        rows = _rows(client, type, values, refused)
        if as_json:
            emit_json_list(rows)
        else:
            for row in rows:
                click.echo(row["token"])
    return REFUSED if refused else OK


def _rows(
    client: Client, type: str, values: Iterator[tuple[int, str | None, str]], refused: list[int]
) -> Iterator[dict[str, Any]]:
    while part := list(islice(values, AT_ONCE)):
        good: list[tuple[int, str]] = []
        for line, text, problem in part:
            try:
                if text is not None:
                    normalize(type, text)
                    good.append((line, text))
                    continue
            except InvalidIdentifier as error:
                problem = error.code
            refused.append(line)
            say(f"line {line}: {problem}")
        tokens = client.tokenize(type, [text for _, text in good])
        for (line, _), token in zip(good, tokens, strict=True):
            yield {"line": line, "type": token.type, "epoch": token.epoch, "token": token.token}
