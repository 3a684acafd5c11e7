"""`aif-share resubmit`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from aif_share.cli.access import MAP, open_client
from aif_share.cli.output import OK, REFUSED, emit_json, json_option, say
from aif_share.client.map import Map
from aif_share.client.resubmission import Resubmission, Resubmitted
from aif_share.wire.limits import MAX_CLUES


@click.command()
@click.option("--epoch", type=click.IntRange(1), required=True, help="The key epoch to report in; see `directory`.")
@click.option("--chunk", type=click.IntRange(1, MAX_CLUES), default=MAX_CLUES, help="Clues of one batch at most.")
@click.option(
    "--unknown",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the client_ref of clues whose values the map does not know here.",
)
@click.option("--wait-timeout", type=click.FloatRange(min=0), help="Seconds to wait at most; without it, no end.")
@MAP
@json_option
def resubmit(
    epoch: int, chunk: int, unknown: Path | None, wait_timeout: float | None, map_path: Path | None, as_json: bool
) -> int:
    """Report your active clues again in another key epoch, from the values in your map.

    Each clue gains the tokens of that epoch and stays one clue. What stands there already is left out: run it again
    after a break, or on the next day when a quota was exhausted. A clue that was not made from this map, or was
    corrected since, is counted as unknown: submit its record again.
    """
    with open_client() as client, Map(map_path or client.map_path, create=False) as map:
        with _status() as show:
            resubmission = Resubmission(client, map, epoch=epoch, chunk=chunk, on_progress=show)
            if resubmission.journal.resumed:
                say("Going on with a run that was broken off.")
            found = resubmission.run(timeout=wait_timeout)
        if unknown is not None:
            unknown.write_text("".join(f"{each}\n" for each in found.unknown), "utf-8")
        _tell(found, as_json)
        sys.stdout.flush()
        resubmission.journal.finish()
    return REFUSED if found.unknown or found.refused else OK


def _tell(found: Resubmitted, as_json: bool) -> None:
    counts = {
        "clues": found.clues,
        "there": found.there,
        "sent": found.sent,
        "added": found.added,
        "refused": found.refused,
        "unknown": len(found.unknown),
    }
    if found.unknown:
        say(f"{len(found.unknown)} clues are not in this map, or were corrected: submit their records again.")
    if as_json:
        emit_json({"epoch": found.epoch, "batches": found.batches, **counts})
        return
    for name, count in counts.items():
        click.echo(f"{name}\t{count}")
    for reference in found.batches:
        click.echo(f"batch\t{reference}")


@contextmanager
def _status() -> Iterator[Callable[[Resubmitted], None] | None]:
    """How far it got on stderr, if a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield lambda found: status.update(
            f"{found.clues:,} clues looked at, {found.there:,} there already, {found.sent:,} sent"
        )
