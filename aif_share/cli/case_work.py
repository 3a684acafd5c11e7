"""`aif-share cases`: tasks, parts, who takes part, and what the authorities did."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from aif_share.cli.access import IF_VERSION, LIMIT, REPEAT, References, listed, open_client
from aif_share.cli.output import emit_answer, emit_answers, json_option

CASE, TASK = References("CASE"), References("T")
TASKS = ("task", "kind", "state", "to", "giver", "due_at", "note", "answer")
PARTS = ("party", "approved_at", "excused", "amount_lost", "victims", "persons", "clues", "facts")
VALUES = ("identifier", "type", "role", "added_at")
PACKAGES = ("package", "version", "receiver", "unit", "released_at", "receipt_no", "received_date", "sha256")
NAMES = ("party", "own", "lead", "name", "contact", "named_at", "offered", "asked")
ENTRIES = ("entry", "proceeding", "track", "state", "status", "date", "authority", "document_no", "due_date")


class Party(click.ParamType[str]):
    """A party as a case calls it; anything else may be a name, and is not sent."""

    name = "party"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if re.fullmatch(r"member-[a-z]{1,3}", str(value)) is None:
            self.fail("a party is called member-a, member-b …; see `aif-share cases names`", param, ctx)
        return value


def _text_of(file: str) -> str:
    """The first line of a file, or of stdin (-). Raise UsageError, which repeats nothing of it."""
    try:
        text = sys.stdin.readline() if file == "-" else Path(file).read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, ValueError):
        text = ""
    if not text.strip():
        raise click.UsageError("FILE holds one raw value, or - for stdin; values do not belong on a command line")
    return text.strip()


def _object_of(file: str) -> dict[str, Any]:
    """The JSON object in a file, or on stdin (-). Raise UsageError, which repeats nothing of it."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise click.UsageError(
            "FILE is a file with one JSON object, or - for stdin; texts do not belong on a command line"
        )
    return found


@click.command()
@click.argument("case", type=CASE)
@LIMIT
@json_option
def tasks(case: str, limit: int | None, as_json: bool) -> None:
    """List the tasks of a case: asked of you, or all if you lead it."""
    with open_client() as client:
        emit_answers(TASKS, (each.body for each in client.case_work.tasks(case)), as_json=as_json, limit=limit)


@click.command("give-task")
@click.argument("case", type=CASE)
@click.argument("party", type=Party())
@click.argument("kind", type=listed("task-kinds"))
@click.option("--note", help="What exactly. Never an identifier of a person.")
@click.option("--due-on", help="A day such as 2026-12-07; by default by the kind.")
@REPEAT
@json_option
def give_task(
    case: str, party: str, kind: str, note: str | None, due_on: str | None, key: str | None, as_json: bool
) -> None:
    """Ask a party of the case that you lead for something."""
    with open_client() as client:
        made = client.case_work.give_task(case, party, kind, note=note, due_on=due_on, idempotency_key=key)
    emit_answer(made.body, as_json=as_json)


@click.command("answer-task")
@click.argument("case", type=CASE)
@click.argument("task", type=TASK)
@click.argument("answer", type=click.Choice(("done", "declined")))
@click.option("--note", help="How, or why not. Never an identifier of a person.")
@IF_VERSION
@REPEAT
@json_option
def answer_task(
    case: str, task: str, answer: str, note: str | None, if_version: int | None, key: str | None, as_json: bool
) -> None:
    """Say that a task is done, or decline it with a note."""
    with open_client() as client:
        version = client.case_work.task(case, task).version if if_version is None else if_version
        done = client.case_work.answer_task(case, task, answer, note=note, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@click.command("cancel-task")
@click.argument("case", type=CASE)
@click.argument("task", type=TASK)
@click.option("--reason", required=True, help="Its party reads it. Never an identifier of a person.")
@IF_VERSION
@REPEAT
@json_option
def cancel_task(case: str, task: str, reason: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Take back a task that you gave."""
    with open_client() as client:
        version = client.case_work.task(case, task).version if if_version is None else if_version
        done = client.case_work.cancel_task(case, task, reason, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@json_option
def part(case: str, as_json: bool) -> None:
    """Show your own part of a case."""
    with open_client() as client:
        emit_answer(client.case_work.part(case).body, as_json=as_json)


@click.command("write-part")
@click.argument("case", type=CASE)
@click.argument("file")
@IF_VERSION
@REPEAT
@json_option
def write_part(case: str, file: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Change the fields of your part that the JSON object in FILE, or on stdin (-), names; null empties one."""
    fields = _object_of(file)
    with open_client() as client:
        version = client.case_work.part(case).version if if_version is None else if_version
        done = client.case_work.write_part(case, fields, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@click.command("hand-over-part")
@click.argument("case", type=CASE)
@IF_VERSION
@REPEAT
@json_option
def hand_over_part(case: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Hand your part to the approvers of your institution, who decide in the portal."""
    with open_client() as client:
        version = client.case_work.part(case).version if if_version is None else if_version
        done = client.case_work.hand_over_part(case, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@json_option
def identifiers(case: str, as_json: bool) -> None:
    """List the raw values in your part of a case, without the values."""
    with open_client() as client:
        emit_answers(VALUES, (each.body for each in client.case_work.identifiers(case)), as_json=as_json)


@click.command("add-identifier")
@click.argument("case", type=CASE)
@click.argument("file")
@click.option("--type", "type_code", required=True, help="A type of `aif-share types`.")
@click.option("--role", required=True, help="A role of `aif-share vocabulary roles`.")
@click.option("--confirm", is_flag=True, help="It belongs to what you report, and may be handed to the authority.")
@IF_VERSION
@REPEAT
@json_option
def add_identifier(
    case: str,
    file: str,
    type_code: str,
    role: str,
    confirm: bool,
    if_version: int | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Seal the raw value in FILE, or on stdin (-), into your part of a case; it goes out with the report package alone."""
    value = _text_of(file)
    with open_client() as client:
        version = client.case_work.part(case).version if if_version is None else if_version
        done = client.case_work.add_identifier(
            case, type_code, value, role=role, confirm=confirm, version=version, idempotency_key=key
        )
    emit_answer(done.body, as_json=as_json)


@click.command("remove-identifier")
@click.argument("case", type=CASE)
@click.argument("identifier", type=References("PI"))
@IF_VERSION
@REPEAT
@json_option
def remove_identifier(case: str, identifier: str, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Destroy a raw value of your part of a case."""
    with open_client() as client:
        version = client.case_work.part(case).version if if_version is None else if_version
        done = client.case_work.remove_identifier(case, identifier, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@json_option
def parts(case: str, as_json: bool) -> None:
    """Show what the other parties approved."""
    with open_client() as client:
        emit_answers(PARTS, (each.body for each in client.case_work.parts(case)), as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@json_option
def names(case: str, as_json: bool) -> None:
    """Show who takes part: by pseudonym, and by name where both agreed."""
    with open_client() as client:
        emit_answers(NAMES, (each.body for each in client.case_work.names(case)), as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@LIMIT
@json_option
def entries(case: str, limit: int | None, as_json: bool) -> None:
    """List what the authorities did about a case, oldest first."""
    with open_client() as client:
        emit_answers(ENTRIES, (each.body for each in client.case_work.entries(case)), as_json=as_json, limit=limit)


@click.command("record-entry")
@click.argument("case", type=CASE)
@click.argument("file")
@REPEAT
@json_option
def record_entry(case: str, file: str, key: str | None, as_json: bool) -> None:
    """Record what an authority did about the case that you lead: the JSON object in FILE, or on stdin (-)."""
    fields = _object_of(file)
    with open_client() as client:
        emit_answer(client.case_work.record_entry(case, fields, idempotency_key=key).body, as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@json_option
def packages(case: str, as_json: bool) -> None:
    """List the report packages of a case that went to an authority, with their digests."""
    with open_client() as client:
        emit_answers(PACKAGES, (each.body for each in client.case_work.packages(case)), as_json=as_json)


COMMANDS = (
    tasks, give_task, answer_task, cancel_task, part, write_part, hand_over_part, identifiers, add_identifier,
    remove_identifier, parts, names, entries, record_entry,
    packages,
)  # fmt: skip
"""What `aif-share cases` has beside the steps of a case."""
