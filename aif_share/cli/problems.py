"""`aif-share problems`."""

from __future__ import annotations

import click

from aif_share.cli.access import open_client
from aif_share.cli.output import NEXT, emit_answers, json_option
from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS


@click.command()
@click.argument("code", required=False)
@json_option
def problems(code: str | None, as_json: bool) -> None:
    """List the codes of problems and refused rows with what to do about them, or explain one CODE.

    `next` is what to do with this program, where it knows more than the advice for whoever calls the API.
    """
    if code is not None and code in PROBLEMS:
        row = PROBLEMS[code]
        told = {
            "title": row.title_en,
            "title_zh": row.title_zh,
            "advice": ADVICE[code][0],
            "advice_zh": ADVICE[code][1],
        }
        rows = [{"code": code, "status": row.status, **told}]
    else:
        with open_client() as client:
            rows = [row for row in client.vocabulary.problems() if code in (None, row.get("code"))]
        if not rows:
            raise click.UsageError("there is no such code")
    columns = ("code", "status", "title", "title_zh", "advice", "advice_zh", "next")
    emit_answers(columns, ({**row, "next": NEXT.get(str(row["code"]))} for row in rows), as_json=as_json)
