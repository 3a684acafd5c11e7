"""`aif-share submit`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from aif_share.cli.access import FILE, MAP, TYPE, listed, open_client
from aif_share.cli.output import OK, REFUSED, emit_json, json_option, say
from aif_share.client.fields import RowRefused, readers
from aif_share.client.map import Map
from aif_share.client.records import Defaults
from aif_share.client.source import FORMATS, Source
from aif_share.client.submission import Outcome, Progress, Submission
from aif_share.wire.limits import MAX_CLUES

SHOWN = 20
"""Refused lines told one by one on stderr."""


@click.command()
@click.argument("file", type=FILE)
@click.option("--type", type=TYPE, help="Identifier type of values that name none.")
@click.option("--category", type=listed("categories"), help="Category of records that name none.")
@click.option("--grade", type=listed("grades"), help="Evidence grade of records that name none: A, B1, B2, C.")
@click.option("--role", type=listed("roles"), help="Role of identifiers that name none.")
@click.option("--channel", type=listed("channels"), help="Channel of records that name none.")
@click.option("--region", type=listed("regions"), help="Region of records that name none, CN- and two digits.")
@click.option("--tlp", type=listed("tlp"), help="TLP of records that name none.")
@click.option("--basis", help="Code of the legal basis of records that name none.")
@click.option("--observed-at", help="Time of records that name none, ISO 8601.")
@click.option("--timezone", help="Zone of times without an offset, for example Asia/Shanghai.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="By default by the file's suffix.")
@click.option("--chunk", type=click.IntRange(1, MAX_CLUES), default=MAX_CLUES, help="Clues of one batch at most.")
@click.option(
    "--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write line and code of refused records here."
)
@click.option("--wait", is_flag=True, help="Wait until the batches are matched and released.")
@click.option("--wait-timeout", type=click.FloatRange(min=0), help="Seconds to wait at most; without it, no end.")
@MAP
@json_option
def submit(
    file: Path,
    type: str | None,
    format_: str | None,
    chunk: int,
    refused: Path | None,
    wait: bool,
    wait_timeout: float | None,
    map_path: Path | None,
    as_json: bool,
    timezone: str | None,
    role: str | None,
    **fields: str | None,
) -> int:
    """Submit the clues of FILE: values become tokens on this machine, and only tokens leave it.

    \b
    lines   one value a line; --type, --category and --grade hold for all
    csv     a header names the columns: value, type, role (more identifiers of one clue: value_2, type_2, …),
            category, grade, channel, observed_at, region, amount_cny, level, crime_indicator, indicators,
            consumer_contacted, tlp, evidence_sha256, basis, client_ref
    jsonl   one JSON object a line with the same names, or "identifiers": [{"value", "type", "role"}]

    UTF-8 or GB18030. Broken off at any moment, run the same command again: nothing is counted or evaluated twice.
    """
    defaults = _defaults(type, role, timezone, fields)
    source = Source.at(file, format_)
    _check_lines(source, defaults)
    with open_client() as client, Map(map_path or client.map_path) as map:
        with _bar() as show:
            submission = Submission(client, map, source, defaults, chunk=chunk, on_progress=show)
            if submission.encoding != "utf-8":
                say(f"Reading the file as {submission.encoding.upper()}.")
            if submission.journal.resumed:
                say(f"Going on with a submission broken off at record {submission.journal.next_row}.")
            try:
                outcome = submission.run()
            except BaseException:
                _write_refused(refused, submission.journal.refused())
                raise
        if wait:
            with _spinner(f"Waiting for {len(outcome.batches)} batches"):
                outcome = submission.wait(outcome, timeout=wait_timeout)
        listed_refusals = submission.journal.refused()
        _write_refused(refused, listed_refusals)
        _tell(outcome, listed_refusals, refused)
        _emit(outcome, as_json)
        sys.stdout.flush()
        submission.journal.finish()
    whole = outcome.states.get("released", 0) == len(outcome.batches) if wait else True
    return OK if whole and not outcome.refused_here and not outcome.refused_there and not outcome.refused else REFUSED


def _defaults(type: str | None, role: str | None, timezone: str | None, fields: dict[str, str | None]) -> Defaults:
    try:
        zone = ZoneInfo(timezone) if timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        raise click.UsageError("--timezone takes a name of the time zone database, for example Asia/Shanghai") from None
    known, values = readers(zone), {}
    for name, value in fields.items():
        if value is not None:
            try:
                values[name] = known[name](value)
            except RowRefused as refusal:
                raise click.UsageError(f"--{name.replace('_', '-')}: {refusal.code}") from None
    return Defaults(type, role, values, zone)


def _check_lines(source: Source, defaults: Defaults) -> None:
    """A file of bare values says nothing else: without these options each of its rows would be refused."""
    if source.format == "lines":
        given = {"type": defaults.type, **defaults.fields}
        missing = [f"--{name}" for name in ("type", "category", "grade") if not given.get(name)]
        if missing:
            raise click.UsageError(f"a file of one value a line also needs {', '.join(missing)}")


def _emit(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        counts = {name: getattr(outcome, name) for name in ("accepted", "duplicates", "refused", "matched")}
        emit_json({"batches": outcome.batches, "clues": outcome.clues, **counts})
        return
    click.echo(f"clues\t{outcome.clues}")
    for name in ("accepted", "duplicates", "refused", "matched"):
        if getattr(outcome, name) is not None:
            click.echo(f"{name}\t{getattr(outcome, name)}")
    for reference in outcome.batches:
        click.echo(f"batch\t{reference}")


_ENDS: Final = {
    "held": (
        "One batch is held until the alliance has looked; do not send it again.",
        "{count} batches are held until the alliance has looked; do not send them again.",
    ),
    "rejected": ("The alliance did not let one batch go.", "The alliance did not let {count} batches go."),
    "refused": (
        "Every row of one batch was refused; the codes say why.",
        "Every row of {count} batches was refused; the codes say why.",
    ),
}
"""What is said of batches that did not end as released (`Outcome.states`): of one, and of several."""


def _tell(outcome: Outcome, refused: Sequence[tuple[int, str]], file: Path | None) -> None:
    """Say on stderr what was refused: lines and codes, never values."""
    for line, code in refused[:SHOWN]:
        say(f"line {line}: {code}")
    if len(refused) > SHOWN:
        counts = ", ".join(f"{code} {count}" for code, count in Counter(code for _, code in refused).most_common())
        say(f"… {len(refused)} refused in all: {counts}." + ("" if file else " --refused FILE lists them."))
    for (_, type), count in outcome.suggestions.items():
        say(f"{count} of them look like the type {type}.")
    if outcome.refused_there and outcome.refused is None:
        say(f"The platform refused {outcome.refused_there} rows; with --wait their lines are listed.")
    for state, count in outcome.states.items():
        if state != "released":
            one, many = _ENDS[state]
            say(one if count == 1 else many.format(count=count))


def _write_refused(path: Path | None, refused: Sequence[tuple[int, str]]) -> None:
    if path is not None:
        path.write_text("line,code\n" + "".join(f"{line},{code}\n" for line, code in refused), "utf-8")


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None] | None]:
    """A progress bar on stderr, if a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()]
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=None)
        latest = Progress(0, 0, 0, 0, 0, 0)

        def show(now: Progress) -> None:
            nonlocal latest
            latest = now if now.read >= latest.read else replace(now, read=latest.read)
            text = f"{latest.records:,} records, {latest.sent:,} clues sent"
            bar.update(task, total=latest.size, completed=latest.read, description=text)

        yield show


def _spinner(text: str) -> Any:
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)
