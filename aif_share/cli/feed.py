"""`aif-share feed`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

from aif_share.cli.access import LIMIT, REPEAT, TYPE, References, listed, open_client
from aif_share.cli.files import saved
from aif_share.cli.output import emit_answer, emit_answers, json_option, say
from aif_share.client.resources.feeds import FORMS
from aif_share.identifiers import types

PULLED = ("entry", "type", "value", "category", "state", "outcome")
GIVEN = ("entry", "type", "value", "category", "state", "applied")


@click.group()
def feed() -> None:
    """Pull your feed and acknowledge it; give values in clear for the feeds of others."""


@feed.command()
@click.option("--as", "form", type=click.Choice(list(FORMS)), help="A whole file instead of a list.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A new file for --as.")
@json_option
def pull(form: str | None, output: Path | None, as_json: bool) -> None:
    """Pull the feed of your institution as it stands now, for platforms and telecom operators."""
    with open_client() as client:
        if form is None:
            emit_answers(PULLED, (row.body for row in client.feeds.pull()), as_json=as_json)
        elif output is None:
            client.feeds.save(sys.stdout.buffer, form=form)
        else:
            with saved(output) as file:
                size = client.feeds.save(file, form=form)
            if as_json:
                emit_answer({"form": form, "file": str(output), "bytes": size}, as_json=True)
            else:
                say(f"{size} bytes written.")


@feed.command()
@click.argument("entry", type=References("FE"))
@click.argument("outcome", type=click.Choice(["applied", "refused", "lifted"]))
@click.option("--reason", type=listed("takedown-refusals"), help="Needed with refused.")
@REPEAT
@json_option
def acknowledge(entry: str, outcome: str, reason: str | None, key: str | None, as_json: bool) -> None:
    """Say what you did about an entry of your feed."""
    row = {"entry": entry, "outcome": outcome} | ({"reason": reason} if reason else {})
    with open_client() as client:
        taken = client.feeds.acknowledge([row], idempotency_key=key)
    emit_answer({"acknowledged": taken}, as_json=as_json)


@feed.command()
@click.argument("type_", metavar="TYPE", type=TYPE)
@click.argument("file", metavar="FILE", type=click.File("r", encoding="utf-8"))
@click.option("--category", required=True, type=listed("categories"))
@click.option("--in-clear", is_flag=True, help="Yes, the values are meant to leave this machine as they are.")
@json_option
def give(type_: str, file: IO[str], category: str, in_clear: bool, as_json: bool) -> None:
    """Give the values of FILE, one a line (- is standard input), in clear. Only types that concern no person are taken."""
    if types()[type_].personal:
        raise click.UsageError("values of this type concern persons; they are shared as tokens: aif-share submit")
    if not in_clear:
        raise click.UsageError("say with --in-clear that the values are meant to leave this machine as they are")
    with open_client() as client:
        values = [line.strip() for line in file if line.strip()]
        emit_answers(
            GIVEN, (client.feeds.give(type_, value, category=category).body for value in values), as_json=as_json
        )


@feed.command()
@LIMIT
@json_option
def given(limit: int | None, as_json: bool) -> None:
    """List what your institution gave, newest first."""
    with open_client() as client:
        rows = (row.body for turn, row in enumerate(client.feeds.given()) if limit is None or turn < limit)
        emit_answers(GIVEN, rows, as_json=as_json)


@feed.command()
@click.argument("entry", type=References("FE"))
@REPEAT
@json_option
def withdraw(entry: str, key: str | None, as_json: bool) -> None:
    """Take a value back. Whoever applied it is told to lift it."""
    with open_client() as client:
        emit_answer(client.feeds.withdraw(entry, idempotency_key=key).body, as_json=as_json)
