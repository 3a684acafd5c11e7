"""`aif-share dispositions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from aif_share.cli.access import IF_VERSION, LIMIT, REPEAT, References, listed, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option
from aif_share.client.resources.base import body_of

DISPOSITION = References("DI")
COLUMNS = ("disposition", "kind", "state", "subject", "client_ref", "match", "case", "done_at", "review_date")
STATES = ("requested", "done", "under-review", "confirmed", "re-appeared", "lifted")
ACTIONS = ("do", "review", "confirm", "reappear", "effects", "lift")


def _fields(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--amount-prevented-cny", help="Your own word, such as 1000.00."),
        click.option("--persons-warned", type=click.IntRange(0), help="Your own word."),
        click.option("--calls-flagged", type=click.IntRange(0), help="Your own word."),
        click.option("--note", help="Never an identifier of a person."),
        click.option("--review-date", help="When to look at it again, YYYY-MM-DD."),
        click.option("--done-at", help="When it was done, such as 2026-11-01T08:00:00Z; without it, now."),
    ):
        command = option(command)
    return command


@click.group()
def dispositions() -> None:
    """Record what you did about a match, a clue or a case; lift it when its ground has fallen."""


@dispositions.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand there.")
@click.option("--show", type=click.Choice(("lift", "review")), help="What is to be lifted, or due for review.")
@LIMIT
@json_option
def list_(state: str | None, show: str | None, limit: int | None, as_json: bool) -> None:
    """List your dispositions, newest first."""
    with open_client() as client:
        rows = (each.body for each in client.dispositions.list(state=state, show=show))
        emit_answers(COLUMNS, rows, as_json=as_json, limit=limit)


@dispositions.command()
@click.argument("disposition", type=DISPOSITION)
@json_option
def show(disposition: str, as_json: bool) -> None:
    """Show a disposition, and what its ground is worth now."""
    with open_client() as client:
        emit_answer(client.dispositions.get(disposition).body, as_json=as_json)


@dispositions.command()
@click.argument("kind", type=listed("dispositions"))
@click.option("--match", type=References("M"))
@click.option("--client-ref", help="Your reference of a clue of yours.")
@click.option("--identifier", type=click.IntRange(0), help="With --client-ref: its place in the clue, from 0.")
@click.option("--case", type=References("CASE"))
@click.option("--state", type=click.Choice(STATES[:2]), help="Without it: done.")
@click.option("--category", type=listed("categories"))
@click.option("--document-no", help="The number of the authority's document.")
@_fields
@REPEAT
@json_option
def record(
    kind: str, match: str | None, client_ref: str | None, case: str | None, key: str | None, as_json: bool, **given: Any
) -> None:
    """Record a measure about a match, an identifier of a clue of yours, or a case: exactly one of them."""
    if sum(each is not None for each in (match, client_ref, case)) != 1:
        raise click.UsageError("name exactly one of --match, --client-ref and --case")
    with open_client() as client:
        done = client.dispositions.record(
            kind, match=match, client_ref=client_ref, case=case, idempotency_key=key, **body_of(**given)
        )
    emit_answer(done.body, as_json=as_json)


@dispositions.command()
@click.argument("disposition", type=DISPOSITION)
@click.argument("action", type=click.Choice(ACTIONS))
@_fields
@IF_VERSION
@REPEAT
@json_option
def act(disposition: str, action: str, if_version: int | None, key: str | None, as_json: bool, **given: Any) -> None:
    """Take a step; `lift` needs a --note, `effects` at least one figure."""
    with open_client() as client:
        version = client.dispositions.get(disposition).version if if_version is None else if_version
        done = client.dispositions.act(disposition, action, version=version, idempotency_key=key, **body_of(**given))
    emit_answer(done.body, as_json=as_json)


@dispositions.command("answer-lift")
@click.argument("disposition", type=DISPOSITION)
@click.argument("answer", type=click.Choice(("lifted", "kept")))
@click.option("--reason", type=listed("keep-reasons"), help="To keep it: on which ground of your own.")
@click.option("--note", help="Never an identifier of a person.")
@REPEAT
@json_option
def answer_lift(
    disposition: str, answer: str, reason: str | None, note: str | None, key: str | None, as_json: bool
) -> None:
    """Say that a measure whose ground has fallen or weakened is lifted, or kept for a reason."""
    with open_client() as client:
        done = client.dispositions.answer_lift(disposition, answer, reason=reason, note=note, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)
