"""`aif-share evidence`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

import click

from aif_share.cli.access import IF_VERSION, LIMIT, REPEAT, References, open_client
from aif_share.cli.case_work import _object_of
from aif_share.cli.output import emit_answer, emit_answers, json_option, say

CASE, EVIDENCE, UPLOAD = References("CASE"), References("EV"), References("EU")
ITEMS = ("evidence", "party", "kind", "size", "state", "shared_with_parties", "added_at", "sha256")
UPLOADS = ("upload", "kind", "offset", "size", "begun_at")
CUSTODY = ("seq", "action", "at", "party", "by", "note")
DEMAND = References("ED")
DEMANDS = ("demand", "client_ref", "category", "cause", "state", "due_at", "committed")
STANDING = ("category", "confirmed", "refuted", "standing")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def evidence() -> None:
    """Add evidence to your part of a case, see who had it in hand, open it."""


@evidence.command()
@click.argument("case", type=CASE)
@click.argument("file", type=FILE)
@click.option(
    "--about", required=True, help="A file with one JSON object, or -: kind, title, collected_at, collected_by …"
)
@json_option
def add(case: str, file: Path, about: str, as_json: bool) -> None:
    """Add FILE. The same command again goes on where an interrupted one stopped."""
    fields: dict[str, Any] = {"file_name": file.name, **_object_of(about)}
    with open_client() as client, file.open("rb") as content:
        item = client.evidence.add(case, content, fields, progress=_progress)
    emit_answer(item.body, as_json=as_json)


@evidence.command("list")
@click.argument("case", type=CASE)
@json_option
def list_(case: str, as_json: bool) -> None:
    """List the evidence of a case that you may know of."""
    with open_client() as client:
        emit_answers(ITEMS, (each.body for each in client.evidence.list(case)), as_json=as_json, limit=None)


@evidence.command()
@click.argument("case", type=CASE)
@json_option
def uploads(case: str, as_json: bool) -> None:
    """List your uploads that are under way."""
    with open_client() as client:
        emit_answers(UPLOADS, (each.body for each in client.evidence.uploads(case)), as_json=as_json, limit=None)


@evidence.command()
@click.argument("evidence", type=EVIDENCE)
@json_option
def show(evidence: str, as_json: bool) -> None:
    """Show a piece of evidence; not its content."""
    with open_client() as client:
        emit_answer(client.evidence.get(evidence).body, as_json=as_json)


@evidence.command("open")
@click.argument("evidence", type=EVIDENCE)
@click.option("--reason", required=True, help="It is put on record. Never an identifier of a person.")
@click.option("--to", type=click.Path(path_type=Path), required=True, help="A new file for the content.")
@json_option
def open_(evidence: str, reason: str, to: Path, as_json: bool) -> None:
    """Open a piece of evidence, for a reason, into a new file."""
    beside = to.with_name(f".{to.name}.part")
    try:
        with open_client() as client, beside.open("xb") as content:
            if to.exists():
                raise click.UsageError("this file exists already; name a new one")
            item = client.evidence.save(evidence, reason, content)
        beside.rename(to)  # only what has the right digest gets its name
    except FileExistsError:
        raise click.UsageError("another opening writes there, or one broke off: remove its .part file") from None
    finally:
        if beside.exists() and sys.exc_info()[0] is not FileExistsError:
            beside.unlink()
    emit_answer(item.body, as_json=as_json)


@evidence.command()
@click.argument("evidence", type=EVIDENCE)
@json_option
def custody(evidence: str, as_json: bool) -> None:
    """List who had a piece of evidence in hand."""
    with open_client() as client:
        entries, holds = client.evidence.custody(evidence)
    emit_answers(CUSTODY, (each.body for each in entries), as_json=as_json, limit=None)
    if not holds:
        say("the chain does not hold: an entry was changed. Tell the alliance")
        raise click.exceptions.Exit(6)


@evidence.command()
@click.argument("evidence", type=EVIDENCE)
@click.option(
    "--with-parties/--with-nobody", "shared", required=True, help="Who may open it once your part is approved."
)
@IF_VERSION
@REPEAT
@json_option
def share(evidence: str, shared: bool, if_version: int | None, key: str | None, as_json: bool) -> None:
    """Share a piece of evidence with the other parties of the case, or no longer; your part is a draft then."""
    with open_client() as client:
        version = client.evidence.get(evidence).version if if_version is None else if_version
        done = client.evidence.share(evidence, shared, version=version, idempotency_key=key)
    emit_answer(done.body, as_json=as_json)


@evidence.command()
@LIMIT
@json_option
def demands(limit: int | None, as_json: bool) -> None:
    """List the clues whose evidence you are asked to open."""
    with open_client() as client:
        rows = (each.body for each in client.evidence_demands.list())
        emit_answers(DEMANDS, rows, as_json=as_json, limit=limit)


@evidence.command("show-file")
@click.argument("demand", type=DEMAND)
@click.argument("file", type=click.File("rb"))
@json_option
def show_file(demand: str, file: IO[bytes], as_json: bool) -> None:
    """Open a demand by the very file that was committed to. The third file that differs ends it."""
    with open_client() as client:
        emit_answer(client.evidence_demands.open(demand, file).body, as_json=as_json)


@evidence.command()
@json_option
def standing(as_json: bool) -> None:
    """Show how your reports fared, by category. Nobody else sees it."""
    with open_client() as client:
        rows = (each.body for each in client.evidence_demands.reputation())
        emit_answers(STANDING, rows, as_json=as_json, limit=None)


@evidence.command()
@click.argument("upload", type=UPLOAD)
@REPEAT
@json_option
def cancel(upload: str, key: str | None, as_json: bool) -> None:
    """Give an upload up; what was received is destroyed."""
    with open_client() as client:
        emit_answer(client.evidence.cancel(upload, idempotency_key=key).body, as_json=as_json)


def _progress(done: int, size: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done * 100 // size:3d} %", err=True, nl=done >= size)
