"""`aif-share keys`: a member's secret, and what each server may have of it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import FILE, LIMIT, MOMENT, REPEAT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, emit_json, json_option, say
from aif_share.client.profile import load_key, read_key
from aif_share.errors import MalformedKey
from aif_share.wire.keys import PLATFORM, SCOPES, MemberKey, custodian_server
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
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    help="Repeatable: also print what to register the key with, on the portal's page of keys. `evaluate` alone: for browsers.",
)
@click.option(
    "--custodian",
    "custodians",
    multiple=True,
    metavar="NAME",
    help="Repeatable, with --scope: the verifier for this custodian too, beside the platform's own.",
)
@json_option
def new(out: Path | None, scopes: tuple[str, ...], custodians: tuple[str, ...], as_json: bool) -> None:
    """Make a key. Then register its verifier at each server (`aif-share keys verifier --for SERVER`)."""
    key = MemberKey.new()
    registration = _registration(key, scopes, custodians)
    if out is not None:
        try:
            handle = os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except OSError as error:
            raise click.UsageError(f"the file cannot be made: {error.strerror}") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key.text + "\n")
        say("The key is in the file; set AIF_SHARE_KEY_FILE to it.")
        if as_json:
            emit_json({"id": key.id, **registration})
        else:
            click.echo(key.id)
    elif as_json:
        emit_json({"id": key.id, "key": key.text, **registration})
    else:
        say("Keep this secret; it is shown once. Set AIF_SHARE_KEY to it.")
        click.echo(key.text)
    if registration and not as_json:
        say(f"Register key {key.id} of scope {' '.join(registration['scopes'])} with these verifiers:")
        for server, text in registration["verifiers"].items():
            click.echo(f"{server}  {text}")


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


COLUMNS = ("credential", "key_id", "state", "scopes", "cidrs", "not_before", "expires_at", "last_used_at")
CREDENTIAL = References("K")
NEW_KEY = click.option(
    "--key-file", type=FILE, required=True, help="File of the new key, as `keys new --out` makes it. It is not sent."
)


@keys.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List the keys the platform knows of your institution."""
    with open_client() as client:
        emit_answers(COLUMNS, (each.body for each in client.credentials.list()), as_json=as_json, limit=limit)


@keys.command()
@NEW_KEY
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True, help="Repeatable.")
@click.option("--cidr", "cidrs", multiple=True, help="Network it may be used from; repeatable; without it, any.")
@click.option("--expires-at", type=MOMENT, help="A time, or a duration such as 90d; a year at most.")
@click.option("--default-basis", help="Code of the legal basis of what names none.")
@REPEAT
@json_option
def register(
    key_file: Path,
    scopes: tuple[str, ...],
    cidrs: tuple[str, ...],
    expires_at: datetime | None,
    default_basis: str | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Register a new key at the platform, with the present one, which needs the scope `keys`.

    The platform's own custodian hears of it; other custodians take its verifier from you by another way.
    """
    new_key = read_key(key_file)
    with open_client() as client:
        done = client.credentials.register(
            new_key,
            scopes=scopes,
            cidrs=cidrs,
            expires_at=expires_at,
            default_basis=default_basis,
            idempotency_key=key,
        )
    emit_answer(done.body, as_json=as_json)


@keys.command()
@click.argument("credential", type=CREDENTIAL)
@NEW_KEY
@REPEAT
@json_option
def rotate(credential: str, key_file: Path, key: str | None, as_json: bool) -> None:
    """Register a successor of a key with the same rights. The old one ends within seven days."""
    new_key = read_key(key_file)
    with open_client() as client:
        emit_answer(client.credentials.rotate(credential, new_key, idempotency_key=key).body, as_json=as_json)


@keys.command()
@click.argument("credential", type=CREDENTIAL)
@click.option("--reason", required=True, help="Why, for the audit log; no secret, no identifier.")
@click.option("--confirm-self", is_flag=True, help="Yes, also if it is the key you are using.")
@REPEAT
@json_option
def revoke(credential: str, reason: str, confirm_self: bool, key: str | None, as_json: bool) -> None:
    """End a key at once, for good."""
    with open_client() as client:
        done = client.credentials.revoke(credential, reason=reason, confirm_self=confirm_self, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


def _registration(key: MemberKey, scopes: tuple[str, ...], custodians: tuple[str, ...]) -> dict[str, Any]:
    """What servers are told of a key of these scopes; nothing without any."""
    if not scopes:
        if custodians:
            raise click.UsageError("--custodian goes with --scope")
        return {}
    servers = [PLATFORM]
    if "evaluate" in scopes:
        servers += [custodian_server(name) for name in dict.fromkeys((PLATFORM, *custodians))]
    try:
        verifiers = {server: verifier_of(key.bearer_for(server)) for server in servers}
    except MalformedKey as error:
        raise click.UsageError(str(error)) from None
    return {"scopes": [scope for scope in SCOPES if scope in scopes], "verifiers": verifiers}


def _bearer(server: str) -> str:
    key = load_key()
    try:
        return key.bearer_for(server)
    except MalformedKey as error:
        raise click.UsageError(str(error)) from None
