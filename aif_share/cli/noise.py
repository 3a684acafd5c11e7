"""`aif-share noise`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import FORMAT, LIMIT, MAP, REPEAT, TYPE, References, listed, open_client, open_map, source_of
from aif_share.cli.output import OK, REFUSED, emit_answer, emit_answers, emit_json, json_option, say, say_refused
from aif_share.client.screening import chunks, tokens_of

AT_ONCE = 1_000


@click.group()
def noise() -> None:
    """Keep your own numbers and domains from counting. The alliance approves each entry."""


@noise.command()
@click.argument("list_name", metavar="LIST", type=listed("noise-lists"))
@click.argument("file")
@click.option("--type", type=TYPE, help="Identifier type of values that name none.")
@FORMAT
@MAP
@REPEAT
@json_option
def add(
    list_name: str,
    file: str,
    type: str | None,
    format_: str | None,
    map_path: Path | None,
    key: str | None,
    as_json: bool,
) -> int:
    """Propose the values of FILE, or of stdin (-), for a list: own-number, own-domain."""
    source, refused, answers = source_of(file, format_), list[tuple[int, str]](), list[dict[str, Any]]()
    with open_client() as client:
        tokenizer, map = client.tokenizer(), open_map(client, map_path)
        try:
            for place, part in enumerate(chunks(source, type, refused, size=AT_ONCE)):
                tokens = tokens_of(tokenizer, map, [each.identifier for each in part])
                repeat = None if key is None else f"{key}-{place}"
                answers.append(client.noise.add(list_name, list(tokens.values()), idempotency_key=repeat))
        finally:
            tokenizer.close()
            if map is not None:
                map.close()
    say_refused(refused)
    if as_json:
        emit_json(answers)
    else:
        say(f"{len(answers)} proposal(s) sent; they act once the alliance approved them.")
    return REFUSED if refused else OK


@noise.command("list")
@click.option("--list", "list_name", type=listed("noise-lists"))
@LIMIT
@json_option
def list_(list_name: str | None, limit: int | None, as_json: bool) -> None:
    """List your entries."""
    with open_client() as client:
        rows = (each.body for each in client.noise.list(list=list_name))
        emit_answers(("entry", "list", "mode", "type", "state"), rows, as_json=as_json, limit=limit)


@noise.command()
@click.argument("entry", type=References("Q"))
@REPEAT
@json_option
def remove(entry: str, key: str | None, as_json: bool) -> None:
    """Take an entry of yours off its list."""
    with open_client() as client:
        emit_answer(client.noise.remove(entry, idempotency_key=key).body, as_json=as_json)
