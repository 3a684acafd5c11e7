"""`aif-share clues`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from aif_share import vocabulary
from aif_share.cli.access import (
    FORMAT,
    IF_VERSION,
    LIMIT,
    MAP,
    REPEAT,
    TYPE,
    References,
    listed,
    open_client,
    open_map,
    source_of,
)
from aif_share.cli.output import REFUSED, emit_answer, emit_answers, json_option, say
from aif_share.client.api import Client
from aif_share.client.fields import RowRefused, readers
from aif_share.client.map import Map, Submitted
from aif_share.client.resources.clues import Clue
from aif_share.client.screening import chunks, tokens_of
from aif_share.client.source import Source
from aif_share.identifiers import looks_raw
from aif_share.wire.limits import MAX_IDENTIFIERS

COLUMNS = ("clue", "client_ref", "category", "grade", "state", "version", "received_at", "expires_at", "raw")
CLUE = References("C")


@click.group()
def clues() -> None:
    """Look at your own clues; correct, withdraw or extend them."""


@clues.command("list")
@click.option("--state", type=click.Choice(("active", "withdrawn", "disputed", "expired")))
@click.option("--category", type=listed("categories"))
@click.option("--client-ref", help="Your own reference.")
@LIMIT
@MAP
@json_option
def list_(
    state: str | None,
    category: str | None,
    client_ref: str | None,
    limit: int | None,
    map_path: Path | None,
    as_json: bool,
) -> None:
    """List your clues, newest first, with the values of your map."""
    if client_ref is not None and looks_raw(client_ref) == "raw-identifier":
        raise click.UsageError("--client-ref looks like an identifier; it would stand in the platform's logs")
    with open_client() as client, _maybe_map(client, map_path) as map:
        found = client.clues.list(state=state, category=category, client_ref=client_ref)
        emit_answers(COLUMNS, (_with_raw(each.body, map) for each in found), as_json=as_json, limit=limit)


@clues.command()
@click.argument("clue", type=CLUE)
@MAP
@json_option
def show(clue: str, map_path: Path | None, as_json: bool) -> None:
    """Show one clue."""
    with open_client() as client, _maybe_map(client, map_path) as map:
        emit_answer(_with_raw(client.clues.get(clue).body, map), as_json=as_json)


@clues.command()
@click.argument("clue", type=CLUE)
@json_option
def history(clue: str, as_json: bool) -> None:
    """Show what became of a clue, oldest first."""
    with open_client() as client:
        rows = (each.body for each in client.clues.history(clue))
        emit_answers(("version", "change", "reason", "at"), rows, as_json=as_json)


@clues.command()
@click.argument("clue", type=CLUE)
@click.option("--reason", type=listed("withdrawal-reasons"), required=True)
@IF_VERSION
@REPEAT
@json_option
def withdraw(clue: str, reason: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Take a clue back: it stops counting and answering at once."""
    with open_client() as client:
        done = client.clues.withdraw(
            clue, version=_version(client, clue, if_version), reason=reason, idempotency_key=key
        )
    emit_answer(done.body, as_json=as_json)


@clues.command()
@click.argument("clue", type=CLUE)
@click.option("--reason", type=listed("extension-reasons"), required=True)
@IF_VERSION
@REPEAT
@json_option
def extend(clue: str, reason: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Keep a clue for another full period from now."""
    with open_client() as client:
        done = client.clues.extend(clue, version=_version(client, clue, if_version), reason=reason, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@clues.command()
@click.argument("clue", type=CLUE)
@click.option("--category", type=listed("categories"))
@click.option("--grade", type=listed("grades"))
@click.option("--channel", type=listed("channels"))
@click.option("--observed-at", help="ISO 8601 with its offset.")
@click.option("--region", type=listed("regions"))
@click.option("--amount-cny")
@click.option("--level", type=listed("levels"))
@click.option("--crime-indicator", type=click.Choice(("yes", "no")))
@click.option("--indicators", help="Codes with ; between them.")
@click.option("--consumer-contacted", type=listed("consumer-contacted"))
@click.option("--tlp", type=listed("tlp"))
@click.option("--evidence-sha256")
@click.option("--basis")
@click.option(
    "--role", "roles", multiple=True, metavar="N=ROLE", help="Role of identifier number N, from 0; repeatable."
)
@click.option(
    "--identifiers", "file", metavar="FILE", help="New identifiers, all of them, as lines, CSV or JSON Lines."
)
@click.option("--type", type=TYPE, help="Type of identifiers in FILE that name none.")
@FORMAT
@IF_VERSION
@REPEAT
@MAP
@json_option
def correct(
    clue: str,
    roles: tuple[str, ...],
    file: str | None,
    type: str | None,
    format_: str | None,
    if_version: int | None,
    key: str | None,
    map_path: Path | None,
    as_json: bool,
    **fields: str | None,
) -> int | None:
    """Correct fields, roles or identifiers of a clue. New values become tokens on this machine."""
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        if value is not None:
            try:
                changes[name] = readers()[name](value)
            except RowRefused as refusal:
                raise click.UsageError(f"--{name.replace('_', '-')}: {refusal.code}") from None
    if roles:
        changes["roles"] = [_role(each) for each in roles]
    with open_client() as client:
        raws: list[str] = []
        if file is not None:
            with _maybe_map(client, map_path) as map:
                found = _identifiers(client, map, source_of(file, format_), type)
            if found is None:
                return REFUSED
            changes["identifiers"], raws = found
        if not changes:
            raise click.UsageError("say what to correct")
        done = client.clues.correct(clue, changes, version=_version(client, clue, if_version), idempotency_key=key)
        if raws:
            _remember(map_path or client.map_path, done, raws)
    emit_answer(done.body, as_json=as_json)
    return None


def _version(client: Client, clue: str, wanted: int | None) -> int:
    """The version asked for, or that in which the clue stands."""
    return client.clues.get(clue).version if wanted is None else wanted


def _role(text: str) -> dict[str, Any]:
    number, _, role = text.partition("=")
    codes = {row.code for row in vocabulary.lists()["roles"]}
    if not number.isascii() or not number.isdigit() or int(number) >= MAX_IDENTIFIERS or role not in codes:
        raise click.UsageError(f"--role takes N=ROLE, where ROLE is one of {', '.join(sorted(codes))}")
    return {"identifier": int(number), "role": role}


def _identifiers(
    client: Client, map: Map | None, source: Source, type: str | None
) -> tuple[list[dict[str, Any]], list[str]] | None:
    """The identifiers of a file as the API takes them with their raw values; None, said line by line, if one is bad."""
    refused: list[tuple[int, str]] = []
    asked = [each for part in chunks(source, type, refused, size=1_000) for each in part]
    for line, code in refused:
        say(f"line {line}: {code}")
    if refused:
        return None
    if not 1 <= len(asked) <= MAX_IDENTIFIERS:
        raise click.UsageError(f"a clue has 1 to {MAX_IDENTIFIERS} identifiers")
    tokenizer = client.tokenizer()
    try:
        tokens = tokens_of(tokenizer, map, [each.identifier for each in asked])
    finally:
        tokenizer.close()
    rows = [tokens[one.identifier.type, one.identifier.canonical].identifier(one.identifier.role) for one in asked]
    return rows, [one.identifier.raw for one in asked]


def _remember(path: Path, clue: Clue, raws: list[str]) -> None:
    """Put the new values in the place of the old ones."""
    with Map(path) as map, map.transaction() as db:
        db.execute("DELETE FROM submitted WHERE client_ref = ?", (clue.client_ref,))
        kinds = [each.type for each in clue.identifiers]
        map.remember(
            db,
            [
                Submitted(clue.client_ref, place, kind, raw)
                for place, (kind, raw) in enumerate(zip(kinds, raws, strict=False))
            ],
        )


@contextmanager
def _maybe_map(client: Client, path: Path | None) -> Iterator[Map | None]:
    map = open_map(client, path)
    try:
        yield map
    finally:
        if map is not None:
            map.close()


def _with_raw(clue: Mapping[str, Any], map: Map | None) -> dict[str, Any]:
    """The clue with `raw`: a value for each identifier, None where the map knows none."""
    known = {} if map is None else map.raw_by_position(str(clue.get("client_ref")))
    return {**clue, "raw": [known.get(place) for place in range(len(clue.get("identifiers") or ()))]}
