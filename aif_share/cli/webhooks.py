"""`aif-share webhooks`."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from aif_share.cli.access import FILE, IF_VERSION, LIMIT, MOMENT, REPEAT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, emit_json, emit_rows, json_option, say
from aif_share.client.resources.webhooks import Webhook

COLUMNS = ("webhook", "url", "state", "version", "kinds", "description")
WEBHOOK = References("H")
KIND = click.option("--kind", "kinds", multiple=True, help="Kind of events to send; repeatable; without it, all kinds.")
SECRET_FILE = click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the secret to this new file, mode 0600, in the place of showing it.",
)


@click.group()
def webhooks() -> None:
    """Be nudged over HTTP when something happened."""


@webhooks.command()
@click.argument("url")
@KIND
@click.option("--description", default="", help="For yourself.")
@SECRET_FILE
@REPEAT
@json_option
def add(
    url: str, kinds: tuple[str, ...], description: str, secret_file: Path | None, key: str | None, as_json: bool
) -> None:
    """Register an endpoint. Its secret is shown once."""
    handle = _reserve(secret_file)
    with open_client() as client:
        made = client.webhooks.add(url, kinds=kinds, description=description, idempotency_key=key)
    _emit_with_secret(made, handle, as_json)


@webhooks.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List your endpoints."""
    with open_client() as client:
        emit_answers(COLUMNS, (each.body for each in client.webhooks.list()), as_json=as_json, limit=limit)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@json_option
def show(webhook: str, as_json: bool) -> None:
    """Show one endpoint."""
    with open_client() as client:
        emit_answer(client.webhooks.get(webhook).body, as_json=as_json)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@click.option("--url")
@KIND
@click.option("--all-kinds", is_flag=True, help="Send every kind of event.")
@click.option("--description")
@click.option("--state", type=click.Choice(("enabled", "disabled")))
@IF_VERSION
@REPEAT
@json_option
def update(
    webhook: str,
    url: str | None,
    kinds: tuple[str, ...],
    all_kinds: bool,
    description: str | None,
    state: str | None,
    if_version: int | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Change an endpoint."""
    if kinds and all_kinds:
        raise click.UsageError("--kind and --all-kinds exclude each other")
    chosen = kinds if kinds or all_kinds else None
    with open_client() as client:
        version = client.webhooks.get(webhook).version if if_version is None else if_version
        done = client.webhooks.update(
            webhook,
            url=url,
            kinds=chosen,
            description=description,
            state=state,
            version=version,
            idempotency_key=key,
        )
    emit_answer(done.body, as_json=as_json)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@IF_VERSION
@REPEAT
@json_option
def remove(webhook: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Remove an endpoint."""
    with open_client() as client:
        version = client.webhooks.get(webhook).version if if_version is None else if_version
        client.webhooks.remove(webhook, version=version, idempotency_key=key)
    emit_answer({"webhook": webhook, "removed": True}, as_json=as_json)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@REPEAT
@json_option
def test(webhook: str, key: str | None, as_json: bool) -> None:
    """Have a webhook.test message sent."""
    with open_client() as client:
        emit_answer(client.webhooks.test(webhook, idempotency_key=key).body, as_json=as_json)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@click.option("--state", type=click.Choice(("pending", "delivered", "dead", "blocked")))
@LIMIT
@json_option
def deliveries(webhook: str, state: str | None, limit: int | None, as_json: bool) -> None:
    """List what was, or will be, sent to an endpoint."""
    with open_client() as client:
        rows = [each.body for each in client.webhooks.deliveries(webhook, state=state)]
    columns = [name for name in (rows[0] if rows else {"delivery": "", "state": ""}) if name != "events"]
    emit_answers(columns, rows, as_json=as_json, limit=limit)


@webhooks.command()
@click.argument("webhook", type=WEBHOOK)
@click.option("--delivery", type=References("WD"), help="Send this one again.")
@click.option("--since", type=MOMENT, help="Send everything since this time again.")
@REPEAT
@json_option
def replay(webhook: str, delivery: str | None, since: datetime | None, key: str | None, as_json: bool) -> None:
    """Send messages again, under the same ids."""
    if (delivery is None) == (since is None):
        raise click.UsageError("name either --delivery or --since")
    with open_client() as client:
        if delivery is not None:
            body = client.webhooks.replay_delivery(webhook, delivery, idempotency_key=key).body
        else:
            assert since is not None  # noqa: S101 - for mypy; one of the two is given
            body = client.webhooks.replay(webhook, since=since, idempotency_key=key).body
    emit_answer(body, as_json=as_json)


@webhooks.command("rotate-secret")
@click.argument("webhook", type=WEBHOOK)
@SECRET_FILE
@REPEAT
@json_option
def rotate_secret(webhook: str, secret_file: Path | None, key: str | None, as_json: bool) -> None:
    """Make a new secret. For 24 hours messages are signed with the old one too."""
    handle = _reserve(secret_file)
    with open_client() as client:
        made = client.webhooks.rotate_secret(webhook, idempotency_key=key)
    _emit_with_secret(made, handle, as_json)


@webhooks.command()
@click.argument("body", type=FILE)
@click.option("--headers", type=FILE, required=True, help="File with the request's headers, one `name: value` a line.")
@click.option("--secret-file", type=FILE, required=True, help="File with the endpoint's secret; one a line if several.")
@json_option
def verify(body: Path, headers: Path, secret_file: Path, as_json: bool) -> None:
    """Check the signature of a message that you kept: BODY holds its exact bytes. Exit code 6 if it does not hold."""
    from aif_share.client import webhooks as checking

    lines = (line.partition(":") for line in headers.read_text("utf-8", "replace").splitlines() if ":" in line)
    message = checking.verify(
        {name.strip(): value.strip() for name, _, value in lines},
        body.read_bytes(),
        secret_file.read_text("utf-8").split(),
    )
    if as_json:
        emit_json({"id": message.id, **message.body})
    else:
        rows = [(each.event, message.type, each.subject) for each in message.events]
        emit_rows(("event", "kind", "subject"), rows)


def _reserve(path: Path | None) -> int | None:
    """Open the secret's file before anything is made that only this once is shown."""
    if path is None:
        return None
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise click.UsageError(f"the secret's file cannot be made: {error.strerror}") from None


def _emit_with_secret(made: Webhook, handle: int | None, as_json: bool) -> None:
    body = dict(made.body)
    if handle is not None:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write((made.secret or "") + "\n")
        body.pop("secret", None)
    elif not as_json:
        say("Keep the secret; it is not shown again.")
    emit_answer(body, as_json=as_json)
    sys.stdout.flush()
