"""`aif-share cases`."""

from __future__ import annotations

import click

from aif_share.cli import case_work, checklists
from aif_share.cli.access import IF_VERSION, LIMIT, REPEAT, References, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option

CASE = References("CASE")
COLUMNS = ("case", "state", "lead", "due_at", "overdue", "ours_to_act", "match", "changed_at")
STATES = (
    "candidate", "triage", "lead-claimed", "joint", "evidence-ready", "approved", "reported", "closed", "dismissed",
    "merged",
)  # fmt: skip


@click.group()
def cases() -> None:
    """Look at the cases that concern you, take the steps that are yours, and do your part of the work."""


for _command in (*case_work.COMMANDS, *checklists.COMMANDS):
    cases.add_command(_command)


@cases.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand there.")
@click.option("--show", type=click.Choice(("ours", "led", "overdue")), help="Ours to act on, led by us, or overdue.")
@LIMIT
@json_option
def list_(state: str | None, show: str | None, limit: int | None, as_json: bool) -> None:
    """List your cases, newest first."""
    with open_client() as client:
        rows = (each.body for each in client.cases.list(state=state, show=show))
        emit_answers(COLUMNS, rows, as_json=as_json, limit=limit)


@cases.command()
@click.argument("case", type=CASE)
@json_option
def show(case: str, as_json: bool) -> None:
    """Show a case: where it stands, what can be done and by whom, what happened."""
    with open_client() as client:
        emit_answer(client.cases.get(case).body, as_json=as_json)


@cases.command()
@click.argument("case", type=CASE)
@click.argument("action", type=click.Choice(("claim", "join-up", "hand-back", "ready")))
@click.option("--note", help="For the alliance's desk; hand-back needs one. Never an identifier of a person.")
@IF_VERSION
@REPEAT
@json_option
def act(case: str, action: str, note: str | None, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Take a step: the lead (claim), then its start of the joint work (join-up), or back (hand-back), or ready."""
    with open_client() as client:
        version = client.cases.get(case).version if if_version is None else if_version
        done = client.cases.act(case, action, note=note, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)
