"""`aif-share noise`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import FORMAT, LIMIT, MAP, REPEAT, TYPE, References, listed, open_client, open_map, source_of
from aif_share.cli.output import OK, REFUSED, emit_answer, emit_answers, json_option, say_refused
from aif_share.client.map import Map, Submitted
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
    """Propose the values of FILE, or of stdin (-), for a list: own-number, own-domain.

    An entry acts once the alliance approved it. The map keeps which value an entry is of.
    """
    source, refused, rows = source_of(file, format_), list[tuple[int, str]](), list[dict[str, Any]]()
    with open_client() as client, Map(map_path or client.map_path) as map:
        tokenizer = client.tokenizer()
        try:
            for place, part in enumerate(chunks(source, type, refused, size=AT_ONCE)):
                tokens = tokens_of(tokenizer, map, [each.identifier for each in part])
                repeat = None if key is None else f"{key}-{place}"
                made = client.noise.add(list_name, list(tokens.values()), idempotency_key=repeat).entries
                by_value = {list(tokens)[each.index]: each for each in made}
                named = [(by_value[each.identifier.type, each.identifier.canonical], each) for each in part]
                with map.transaction() as db:
                    map.remember(
                        db, [Submitted(of.entry, 0, one.identifier.type, one.identifier.raw) for of, one in named]
                    )
                rows += [{"line": one.line, "entry": of.entry, "state": of.state} for of, one in named]
        finally:
            tokenizer.close()
    say_refused(refused)
    emit_answers(("line", "entry", "state"), rows, as_json=as_json)
    return REFUSED if refused else OK


@noise.command("list")
@click.option("--list", "list_name", type=listed("noise-lists"))
@LIMIT
@MAP
@json_option
def list_(list_name: str | None, limit: int | None, map_path: Path | None, as_json: bool) -> None:
    """List your entries."""
    with open_client() as client:
        map = open_map(client, map_path)
        try:
            rows = (_with_raw(each.body, map) for each in client.noise.list(list=list_name))
            emit_answers(("entry", "list", "mode", "type", "state", "raw"), rows, as_json=as_json, limit=limit)
        finally:
            if map is not None:
                map.close()


@noise.command()
@click.argument("entry", type=References("Q"))
@REPEAT
@json_option
def remove(entry: str, key: str | None, as_json: bool) -> None:
    """Take an entry of yours off its list."""
    with open_client() as client:
        emit_answer(client.noise.remove(entry, idempotency_key=key).body, as_json=as_json)


def _with_raw(entry: Mapping[str, Any], map: Map | None) -> dict[str, Any]:
    known = {} if map is None else map.raw_by_position(str(entry.get("entry")))
    return {**entry, "raw": known.get(0)}
