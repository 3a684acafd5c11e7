"""`aif-share requests`."""

from __future__ import annotations

from typing import Any

import click

from aif_share.cli.access import LIMIT, REPEAT, References, listed, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option
from aif_share.client.resources.base import body_of

REQUEST = References("RQ")
COLUMNS = ("request", "kind", "state", "clock", "due_at", "match", "case", "released_at")
COMPLAINT = ("category", "reference", "received_on", "consumer_contacted", "handling")


@click.group()
def requests() -> None:
    """Ask other institutions, provide, alert, refer a complaint; and answer what others send."""


@requests.command("list")
@click.option("--received", is_flag=True, help="What you received, instead of what you sent.")
@LIMIT
@json_option
def list_(received: bool, limit: int | None, as_json: bool) -> None:
    """List your requests, newest first."""
    with open_client() as client:
        found = client.requests.received() if received else client.requests.list()
        emit_answers(COLUMNS, (each.body for each in found), as_json=as_json, limit=limit)


@requests.command()
@click.argument("request", type=REQUEST)
@json_option
def show(request: str, as_json: bool) -> None:
    """Show a request: where it stands, what you can do, what happened."""
    with open_client() as client:
        emit_answer(client.requests.get(request).body, as_json=as_json)


@requests.command()
@LIMIT
@json_option
def addressees(limit: int | None, as_json: bool) -> None:
    """List the institutions that you can address by name, and the kinds that may go to each."""
    with open_client() as client:
        rows = (each.body for each in client.requests.addressees())
        emit_answers(("institution", "name", "sector", "kinds"), rows, as_json=as_json, limit=limit)


@requests.command()
@click.option("--kind", type=listed("request-kinds"), required=True)
@click.option("--text", required=True, help="Never a name, or a phone, card or ID number: it is refused.")
@click.option("--to", type=References("I"), help="One institution of the directory, by name.")
@click.option("--match", type=References("M"), help="The others of this match, who are not named.")
@click.option("--case", type=References("CASE"), help="The others of this case.")
@click.option("--party", help="With --case: one of them alone, as the case calls it (member-b).")
@click.option("--previous", type=REQUEST, help="A further round of this request; alone, to its other side.")
@click.option("--clock", type=listed("request-clocks"))
@click.option("--purpose", type=listed("purposes"))
@click.option("--basis", help="The code of the legal basis, if not your key's own.")
@click.option(
    "--clue", "clues", type=References("C"), multiple=True, help="A clue of yours that it is about; may be repeated."
)
@click.option("--category", type=listed("categories"), help="Of the complaint that is referred.")
@click.option("--reference", help="Your own reference of the complaint.")
@click.option("--received-on", help="When the complaint was received, YYYY-MM-DD.")
@click.option("--consumer-contacted", type=listed("consumer-contacted"))
@click.option("--handling", type=listed("complaint-handlings"), help="What you want done about the complaint.")
@REPEAT
@json_option
def send(kind: str, text: str, clues: tuple[str, ...], key: str | None, as_json: bool, **given: Any) -> None:
    """Send a request to the others of a match or case, or to an institution by name."""
    complaint = body_of(**{name: given.pop(name) for name in COMPLAINT})
    with open_client() as client:
        sent = client.requests.send(kind, text, clues=clues, complaint=complaint or None, idempotency_key=key, **given)
    emit_answer(sent.body, as_json=as_json)


@requests.command("take-up")
@click.argument("request", type=REQUEST)
@REPEAT
@json_option
def take_up(request: str, key: str | None, as_json: bool) -> None:
    """Say that somebody is at it; an alert is settled by that."""
    with open_client() as client:
        emit_answer(client.requests.take_up(request, idempotency_key=key).body, as_json=as_json)


@requests.command()
@click.argument("request", type=REQUEST)
@click.argument("answer", type=listed("request-answers"))
@click.option("--text", help="Needed for some answers. Never an identifier of a person.")
@click.option("--basis", help="The code of the legal basis, where the answer names one.")
@REPEAT
@json_option
def answer(request: str, answer: str, text: str | None, basis: str | None, key: str | None, as_json: bool) -> None:
    """Answer a request you received."""
    with open_client() as client:
        done = client.requests.answer(request, answer, text=text, basis=basis, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@requests.command()
@click.argument("request", type=REQUEST)
@click.option("--reason", type=listed("request-declines"), required=True)
@click.option("--text", help="Needed for `other`. Never an identifier of a person.")
@REPEAT
@json_option
def decline(request: str, reason: str, text: str | None, key: str | None, as_json: bool) -> None:
    """Decline a request you received."""
    with open_client() as client:
        done = client.requests.decline(request, reason=reason, text=text, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@requests.command()
@click.argument("request", type=REQUEST)
@REPEAT
@json_option
def withdraw(request: str, key: str | None, as_json: bool) -> None:
    """Take back a request you sent, wherever it is open."""
    with open_client() as client:
        emit_answer(client.requests.withdraw(request, idempotency_key=key).body, as_json=as_json)


@requests.command()
@click.argument("request", type=REQUEST)
@REPEAT
@json_option
def close(request: str, key: str | None, as_json: bool) -> None:
    """Close a request you sent, once it is answered."""
    with open_client() as client:
        emit_answer(client.requests.close(request, idempotency_key=key).body, as_json=as_json)
