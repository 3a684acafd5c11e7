"""`aif-share watch`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import (
    FORMAT,
    IF_VERSION,
    LIMIT,
    MAP,
    MOMENT,
    REPEAT,
    TYPE,
    References,
    listed,
    open_client,
    open_map,
    source_of,
)
from aif_share.cli.output import OK, REFUSED, emit_answer, emit_answers, json_option, say_refused
from aif_share.client.map import Map, Submitted
from aif_share.client.screening import chunks, tokens_of

COLUMNS = ("watch", "type", "state", "purpose", "expires_at", "hits", "raw")
AT_ONCE = 1_000
WATCH = References("W")


@click.group()
def watch() -> None:
    """Be told when somebody reports a value later."""


@watch.command()
@click.argument("file")
@click.option("--type", type=TYPE, help="Identifier type of values that name none.")
@click.option("--purpose", type=listed("purposes"), required=True, help="Why you watch; it is recorded.")
@click.option("--basis", help="Code of the legal basis; by default the key's.")
@click.option("--case-ref", help="Your own reference of the matter, never a name or number of a person.")
@click.option(
    "--expires-at", type=MOMENT, help="End: a time, or a duration such as 30d; 180 days at most, 90 by default."
)
@FORMAT
@MAP
@REPEAT
@json_option
def add(
    file: str,
    type: str | None,
    purpose: str,
    basis: str | None,
    case_ref: str | None,
    expires_at: datetime | None,
    format_: str | None,
    map_path: Path | None,
    key: str | None,
    as_json: bool,
) -> int:
    """Watch the values of FILE, or of stdin (-). Each charges one unit of the screen quota.

    The map keeps which value a watch is of, so that `watch list` and a hit can show it.
    """
    source, rows, refused = source_of(file, format_), list[dict[str, Any]](), list[tuple[int, str]]()
    with open_client() as client, Map(map_path or client.map_path) as map:
        tokenizer = client.tokenizer()
        try:
            for place, part in enumerate(chunks(source, type, refused, size=AT_ONCE)):
                tokens = tokens_of(tokenizer, map, [each.identifier for each in part])
                made = client.watches.add(
                    list(tokens.values()),
                    purpose=purpose,
                    basis=basis,
                    case_ref=case_ref,
                    expires_at=expires_at,
                    idempotency_key=None if key is None else f"{key}-{place}",
                )
                by_value = {list(tokens)[each.index]: each.watch for each in made.watches}
                named = [(by_value[each.identifier.type, each.identifier.canonical], each) for each in part]
                with map.transaction() as db:
                    map.remember(db, [Submitted(ref, 0, one.identifier.type, one.identifier.raw) for ref, one in named])
                rows += [{"line": one.line, "watch": ref} for ref, one in named]
        finally:
            tokenizer.close()
    say_refused(refused)
    emit_answers(("line", "watch"), rows, as_json=as_json)
    return REFUSED if refused else OK


@watch.command("list")
@LIMIT
@MAP
@json_option
def list_(limit: int | None, map_path: Path | None, as_json: bool) -> None:
    """List your watches and what they hit."""
    with open_client() as client:
        map = open_map(client, map_path)
        try:
            rows = (_with_raw(each.body, map) for each in client.watches.list())
            emit_answers(COLUMNS, rows, as_json=as_json, limit=limit)
        finally:
            if map is not None:
                map.close()


@watch.command()
@click.argument("watch", type=WATCH)
@MAP
@json_option
def show(watch: str, map_path: Path | None, as_json: bool) -> None:
    """Show one watch."""
    with open_client() as client:
        map = open_map(client, map_path)
        try:
            emit_answer(_with_raw(client.watches.get(watch).body, map), as_json=as_json)
        finally:
            if map is not None:
                map.close()


@watch.command()
@click.argument("watch", type=WATCH)
@click.option("--expires-at", type=MOMENT, required=True, help="A time, or a duration from now such as 90d.")
@IF_VERSION
@REPEAT
@json_option
def extend(watch: str, expires_at: datetime, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Set another end, 180 days from now at most."""
    with open_client() as client:
        version = client.watches.get(watch).version if if_version is None else if_version
        done = client.watches.extend(watch, expires_at=expires_at, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@watch.command()
@click.argument("watch", type=WATCH)
@REPEAT
@json_option
def cancel(watch: str, key: str | None, as_json: bool) -> None:
    """End a watch now."""
    with open_client() as client:
        emit_answer(client.watches.cancel(watch, idempotency_key=key).body, as_json=as_json)


def _with_raw(watch: Mapping[str, Any], map: Map | None) -> dict[str, Any]:
    known = {} if map is None else map.raw_by_position(str(watch.get("watch")))
    return {**watch, "raw": known.get(0)}
