"""`aif-share keys`: a member's secret, and what each server may have of it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aif_share.cli.output import emit_json, json_option, say
from aif_share.client.profile import load_key
from aif_share.errors import MalformedKey
from aif_share.wire.keys import MemberKey
from aif_share.wire.keys import verifier as verifier_of

SERVER = click.option(
    "--for", "server", required=True, metavar="SERVER", help="`platform`, or `custodian:NAME` as in the directory."
)


@click.group()
def keys() -> None:
    """Make keys, and what each server gets of them. The key itself never leaves this machine."""


@keys.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the key to this new file, mode 0600."
)
@json_option
def new(out: Path | None, as_json: bool) -> None:
    """Make a key. Then register its verifier at each server (`aif-share keys verifier --for SERVER`)."""
    key = MemberKey.new()
    if out is not None:
        try:
            handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise click.UsageError(f"the file cannot be made: {error.strerror}") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.text + "\n")
        say("The key is in the file; set AIF_SHARE_KEY_FILE to it.")
        if as_json:
            emit_json({"id": key.id})
        else:
            click.echo(key.id)
    elif as_json:
        emit_json({"id": key.id, "key": key.text})
    else:
        say("Keep this secret; it is shown once. Set AIF_SHARE_KEY to it.")
        click.echo(key.text)


@keys.command()
@SERVER
@json_option
def bearer(server: str, as_json: bool) -> None:
    """Print the bearer for one server, for use with curl. Whoever has it can act as you at that server."""
    text = _bearer(server)
    if as_json:
        emit_json({"server": server, "bearer": text})
    else:
        click.echo(text)


@keys.command()
@SERVER
@json_option
def verifier(server: str, as_json: bool) -> None:
    """Print the verifier to register at one server: SHA-256 of its bearer. It is no secret."""
    text = verifier_of(_bearer(server))
    if as_json:
        emit_json({"server": server, "id": load_key().id, "verifier": text})
    else:
        click.echo(text)


def _bearer(server: str) -> str:
    key = load_key()
    try:
        return key.bearer_for(server)
    except MalformedKey as error:
        raise click.UsageError(str(error)) from None
