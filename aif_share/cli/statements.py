"""`aif-share statements`."""

from __future__ import annotations

from pathlib import Path

import click

from aif_share.cli.access import LIMIT, References, open_client
from aif_share.cli.files import saved
from aif_share.cli.output import emit_answer, emit_answers, json_option, say
from aif_share.client.resources.statements import FORMS

COLUMNS = ("statement", "kind", "since", "last", "version", "as_of")


@click.group()
def statements() -> None:
    """Read the alliance's bulletins and your own quarterly statements."""


@statements.command("list")
@LIMIT
@json_option
def list_(limit: int | None, as_json: bool) -> None:
    """List them, newest first."""
    with open_client() as client:
        found = client.statements.list()
        rows = (row.body for turn, row in enumerate(found) if limit is None or turn < limit)
        emit_answers(COLUMNS, rows, as_json=as_json)


@statements.command()
@click.argument("statement", type=References("ST"))
@json_option
def show(statement: str, as_json: bool) -> None:
    """Show the figures of one."""
    with open_client() as client:
        body = client.statements.get(statement).body
    if as_json:
        emit_answer(body, as_json=True)
        return
    rows = (
        {"section": section["section"], "line": line["line"]}
        | dict(zip(section["columns"], line["values"], strict=True))
        for section in body["sections"]
        for line in section["lines"]
    )
    emit_answers(("section", "line", "period", "year", "all"), rows, as_json=False)


@statements.command()
@click.argument("statement", type=References("ST"))
@click.option("--as", "form", type=click.Choice(list(FORMS)), default="pdf", show_default=True)
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file.")
@json_option
def save(statement: str, form: str, output: Path, as_json: bool) -> None:
    """Save the PDF or CSV of one. The audit trail of your institution tells of it."""
    with open_client() as client, saved(output) as file:
        size = client.statements.save(statement, file, form=form)
    if as_json:
        emit_answer({"statement": statement, "form": form, "file": str(output), "bytes": size}, as_json=True)
    else:
        say(f"{size} bytes written.")
