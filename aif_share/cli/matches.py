"""`aif-share matches`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from aif_share.cli.access import MAP, open_client, open_map
from aif_share.cli.output import emit_json_list, emit_rows, json_option, say
from aif_share.client.map import raw_values

COLUMNS = ("match", "type", "released_at", "score", "band", "best_grade", "sectors", "categories", "raw")


def _told(rows: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    """The rows as they come, and a sentence behind them if a map knew the value of none: it is most likely another one."""
    seen = known = 0
    for row in rows:
        seen += 1
        known += row["raw"] is not None
        yield row
    if seen and not known:
        say("The map knows none of these values; name the one that they were submitted with by --map.")


@click.command()
@MAP
@json_option
def matches(map_path: Path | None, as_json: bool) -> None:
    """List every identifier of yours that an independent institution reported too.

    `raw` is the value as you first submitted it, read from your map on this machine; empty if the map does not know it.
    """
    with open_client() as client:
        map = open_map(client, map_path)
        if map is None:
            say(f"There is no map at {client.map_path}; raw values stay unknown. Name yours with --map.")
        try:
            found = raw_values(map, client.matches())
            if map is not None:
                found = _told(found)
            if as_json:
                emit_json_list(found)
            else:
                emit_rows(COLUMNS, ([match.get(name) for name in COLUMNS] for match in found))
        finally:
            if map is not None:
                map.close()
