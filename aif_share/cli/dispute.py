"""`aif-share dispute`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import (
    FORMAT,
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
from aif_share.cli.output import REFUSED, emit_answer, emit_answers, json_option, say_refused
from aif_share.client.api import Client
from aif_share.client.map import Map
from aif_share.client.screening import chunks, tokens_of
from aif_share.client.tokenize import Token

DISPUTE = References("D")


@click.group()
def dispute() -> None:
    """Say that something reported is wrong; answer when others say so of a clue of yours."""


@dispute.command("open")
@click.argument("file", required=False)
@click.option("--match", type=References("M"), help="The match you dispute.")
@click.option("--reason", type=listed("dispute-reasons"), required=True)
@click.option("--type", type=TYPE, help="Identifier type of the value in FILE.")
@click.option("--purpose", type=listed("purposes"), help="Needed for a value: disputing it asks about it.")
@click.option("--case-ref", help="Your own reference of the matter, never a name or number of a person.")
@FORMAT
@REPEAT
@json_option
def open_(
    file: str | None,
    match: str | None,
    reason: str,
    type: str | None,
    purpose: str | None,
    case_ref: str | None,
    format_: str | None,
    key: str | None,
    as_json: bool,
) -> int | None:
    """Dispute a match (--match M-…), or the one value in FILE or on stdin (-).

    What others reported of it stops answering screenings and counting within seconds, until it is decided.
    """
    if (file is None) == (match is None):
        raise click.UsageError("name either --match or a FILE with one value (- for stdin)")
    if file is not None and purpose is None:
        raise click.UsageError("a value needs --purpose")
    with open_client() as client:
        about: Token | str | None = match
        if file is not None:
            about = _token(client, file, format_, type)
            if about is None:
                return REFUSED
        done = client.disputes.open(about or "", reason=reason, purpose=purpose, case_ref=case_ref, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)
    return None


def _token(client: Client, file: str, format_: str | None, type: str | None) -> Token | None:
    refused: list[tuple[int, str]] = []
    found = [each for part in chunks(source_of(file, format_), type, refused, size=1_000) for each in part]
    say_refused(refused)
    if refused:
        return None
    if len(found) != 1:
        raise click.UsageError("a dispute is about one value")
    tokenizer, map = client.tokenizer(), open_map(client, None)
    try:
        (token,) = tokens_of(tokenizer, map, [found[0].identifier]).values()
        return token
    finally:
        tokenizer.close()
        if map is not None:
            map.close()


@dispute.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List the disputes you opened."""
    with open_client() as client:
        rows = (each.body for each in client.disputes.list())
        emit_answers(("dispute", "state", "match", "type", "reason", "opened_at"), rows, as_json=as_json, limit=limit)


@dispute.command()
@click.argument("dispute", type=DISPUTE)
@json_option
def show(dispute: str, as_json: bool) -> None:
    """Show a dispute you opened."""
    with open_client() as client:
        emit_answer(client.disputes.get(dispute).body, as_json=as_json)


@dispute.command()
@LIMIT
@MAP
@json_option
def received(limit: int | None, map_path: Path | None, as_json: bool) -> None:
    """List the disputes about your clues; each is answered by `due_at`, or the clue lapses."""
    with open_client() as client:
        map = open_map(client, map_path)
        try:
            rows = (_with_raw(each.body, map) for each in client.disputes.received())
            columns = ("disputed", "clue", "client_ref", "reason", "state", "due_at", "raw")
            emit_answers(columns, rows, as_json=as_json, limit=limit)
        finally:
            if map is not None:
                map.close()


@dispute.command()
@click.argument("dispute", type=DISPUTE)
@click.argument("answer", type=click.Choice(("maintain", "withdraw")))
@click.option("--clue", type=References("C"), required=True, help="Which of your clues you answer for.")
@click.option("--reason", required=True, help="Code: of `maintain-reasons` or `withdrawal-reasons`.")
@REPEAT
@json_option
def answer(dispute: str, answer: str, clue: str, reason: str, key: str | None, as_json: bool) -> None:
    """Stand by a clue of yours that is disputed (maintain), or take it back (withdraw)."""
    known = listed("maintain-reasons" if answer == "maintain" else "withdrawal-reasons")
    known.convert(reason, None, click.get_current_context())
    with open_client() as client:
        done = client.disputes.answer(dispute, answer, reason=reason, clue=clue, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


def _with_raw(row: Mapping[str, Any], map: Map | None) -> dict[str, Any]:
    known = {} if map is None else map.raw_by_position(str(row.get("client_ref")))
    return {**row, "raw": list(known.values())}
