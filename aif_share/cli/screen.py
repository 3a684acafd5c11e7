"""`aif-share screen`."""

from __future__ import annotations

from pathlib import Path

import click

from aif_share.cli.access import FORMAT, MAP, TYPE, listed, open_client, open_map, source_of
from aif_share.cli.output import OK, REFUSED, emit_json, emit_rows, json_option, say, say_refused
from aif_share.client.screening import screen_file

COLUMNS = ("line", "hit", "band", "best_grade", "score", "categories")


@click.command()
@click.argument("file")
@click.option("--type", type=TYPE, help="Identifier type of values that name none.")
@click.option("--purpose", type=listed("purposes"), required=True, help="Why you ask; it is recorded.")
@click.option("--basis", help="Code of the legal basis; by default the key's.")
@click.option("--case-ref", help="Your own reference of the matter, never a name or number of a person.")
@FORMAT
@MAP
@json_option
def screen(
    file: str,
    type: str | None,
    purpose: str,
    basis: str | None,
    case_ref: str | None,
    format_: str | None,
    map_path: Path | None,
    as_json: bool,
) -> int:
    """Ask whether the values of FILE, or of stdin (-), are known to the alliance, without reporting them.

    One value a line, or the columns value and type of a CSV. Results carry the line, never the value. They are no
    credit information and never the sole ground of a decision.
    """
    with open_client() as client:
        map = open_map(client, map_path)
        try:
            found = screen_file(
                client, source_of(file, format_), type=type, purpose=purpose, basis=basis, case_ref=case_ref, map=map
            )
        finally:
            if map is not None:
                map.close()
    say_refused(found.refused)
    if as_json:
        answer = {"results": found.results, "as_of": found.as_of, "disclaimer": found.disclaimer}
        emit_json(answer | ({"lawful_use": found.lawful_use} if found.lawful_use else {}))
    else:
        emit_rows(COLUMNS, ([result.get(name) for name in COLUMNS] for result in found.results))
        if found.disclaimer:
            say(found.disclaimer)
    return REFUSED if found.refused else OK
