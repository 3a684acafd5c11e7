"""`aif-share export`."""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import click

from aif_share.cli.access import MAP, open_client
from aif_share.cli.files import saved
from aif_share.cli.output import emit_answer, json_option, say
from aif_share.client.api import Client
from aif_share.client.map import Map
from aif_share.client.resources.exports import FORMS, WHAT
from aif_share.wire.csv_cells import quoted_cell

BOM = "\ufeff"


@click.command()
@click.argument("what", type=click.Choice(WHAT))
@click.option("--as", "form", type=click.Choice(list(FORMS)), default="csv", show_default=True)
@click.option("--since", help="From this day, such as 2026-11-01.")
@click.option("--until", help="Up to this day, which is included.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A new file; by default standard output."
)
@MAP
@json_option
def export(
    what: str,
    form: str,
    since: str | None,
    until: str | None,
    output: Path | None,
    map_path: Path | None,
    as_json: bool,
) -> None:
    """Export your clues, matches or content as CSV or STIX 2.1. The audit trail of your institution tells of it.

    With --map, CSV of clues and matches has a further column: the values behind them, read from your map on this machine.
    """
    if as_json and output is None:
        raise click.UsageError("--json tells of the file that --output names")
    if map_path is not None and (form != "csv" or what == "content"):
        raise click.UsageError("--map goes with CSV of clues or matches")
    with open_client() as client:

        def write(file: IO[bytes]) -> int:
            if map_path is None:
                return client.exports.save(what, file, form=form, since=since, until=until)
            return _write_with_raw(client, map_path, what, file, since=since, until=until)

        if output is None:
            write(sys.stdout.buffer)
            return
        with saved(output) as file:
            size = write(file)
    if as_json:
        emit_answer({"what": what, "form": form, "file": str(output), "bytes": size}, as_json=True)
    else:
        say(f"{size} bytes written.")


def _write_with_raw(
    client: Client, map_path: Path, what: str, file: IO[bytes], *, since: str | None, until: str | None
) -> int:
    with Map(map_path, create=False) as map, tempfile.TemporaryFile() as kept:
        client.exports.save(what, kept, since=since, until=until)
        kept.seek(0)
        rows = csv.DictReader(io.TextIOWrapper(kept, encoding="utf-8-sig", newline=""))
        lines = with_raw(map, rows.fieldnames or (), rows)
        return file.write(BOM.encode()) + sum(file.write(line.encode()) for line in lines)


def with_raw(map: Map, heads: Iterable[str], rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """The lines of an export with `raw`: the values behind a clue, or the one that a match is about, as first submitted."""
    names = list(heads)
    yield ",".join([*names, "raw"]) + "\r\n"
    for row in rows:
        yield ",".join(quoted_cell(cell) for cell in [*(row[name] for name in names), _raw(map, row)]) + "\r\n"


def _raw(map: Map, row: Mapping[str, str]) -> str:
    if "client_refs" in row:
        # A reference that a spreadsheet would have run has a mark before it.
        refs = row["client_refs"].removeprefix("'").split()
        return map.raw(zip(refs, _numbers(row["identifiers"]), strict=True)) or ""
    return " ".join(map.raw_by_position(row["client_ref"].removeprefix("'")).values())


def _numbers(text: str) -> list[int]:
    # Places of identifiers, from 0.
    return [int(each) for each in text.split()]
