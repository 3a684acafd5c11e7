"""Opening what most verbs need: the client of the profile, and the member's map."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from aif_share import vocabulary
from aif_share.cli.output import say
from aif_share.client.addresses import is_plain_and_remote
from aif_share.client.answers import reference
from aif_share.client.api import Client
from aif_share.client.map import Map, MapError
from aif_share.client.profile import load_profile
from aif_share.client.source import FORMATS, Held, Source
from aif_share.errors import InvalidInput
from aif_share.identifiers import types


def open_client() -> Client:
    """The client of the environment or the profile. Raise ProfileError or MalformedKey."""
    profile = load_profile()
    if is_plain_and_remote(profile.url):
        say(f"Warning: {profile.url} is not encrypted; anyone on the way can use your bearer. Use https.")
    return Client(profile.url, profile.key, pin=profile.pin, on_notice=say)


def open_map(client: Client, path: Path | None) -> Map | None:
    """An existing map, for reading: the one named, which has to exist, or this key's own if there is one."""
    if path is not None:
        return Map(path, create=False)
    try:
        return Map(client.map_path, create=False)
    except MapError:
        if client.map_path.exists():
            raise
        return None


class Coded(click.ParamType[str]):
    """An option whose values are codes of a table; a wrong one is answered by the codes, or the nearest of them."""

    name = "code"

    def __init__(self, codes: Callable[[], Sequence[str]]) -> None:
        self._codes = codes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        codes = self._codes()
        if value in codes:
            return value
        self.fail(f"not a known code. Known are: {', '.join(codes)}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(code) for code in self._codes() if code.startswith(incomplete)]


TYPE = Coded(lambda: sorted(types()))
"""An identifier type."""


def listed(name: str) -> Coded:
    """A code of a vocabulary list."""
    return Coded(lambda: [row.code for row in vocabulary.lists()[name]])


class References(click.ParamType[str]):
    """A reference such as C-…; anything else is refused here, because what is typed by mistake may be an identifier."""

    name = "reference"

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return reference(self._kind, str(value))
        except InvalidInput as error:
            self.fail(str(error), param, ctx)


class Moment(click.ParamType[datetime]):
    """A time with its zone, in ISO 8601, or a duration from now such as 30d."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, datetime):
            return value
        if match := re.fullmatch(r"([1-9][0-9]{0,4})([dh])", str(value)):
            return datetime.now(UTC) + timedelta(
                **{"d": {"days": int(match[1])}, "h": {"hours": int(match[1])}}[match[2]]
            )
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                "a time with its zone is needed, such as 2026-12-01T08:00:00+08:00, or a duration such as 30d",
                param,
                ctx,
            )
        return moment


MOMENT = Moment()


def source_of(file: str, format_: str | None) -> Source:
    """The values of a file, or of stdin (-), which are held in memory. Raise UsageError without such a file."""
    if file == "-":
        return Source(Held(sys.stdin.buffer.read()), format_ or "lines")
    path = Path(file)
    if not path.is_file():
        raise click.UsageError(
            "FILE is a file with one value a line, or - for stdin; values do not belong on a command line"
        )
    return Source.at(path, format_)


FORMAT = click.option("--format", "format_", type=click.Choice(FORMATS), help="By default by the file's suffix.")
REPEAT = click.option(
    "--idempotency-key", "key", help="Key of this change: the same command under the same key changes nothing twice."
)
IF_VERSION = click.option(
    "--if-version",
    type=click.IntRange(1),
    help="Change it only if it is still this version; by default the present one.",
)
LIMIT = click.option("--limit", type=click.IntRange(1), help="So many at most; by default all.")

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
MAP = click.option(
    "--map",
    "map_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The member's map; by default the one of this key below $XDG_DATA_HOME/aif-share.",
)
