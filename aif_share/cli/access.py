"""Opening what most verbs need: the client of the profile, and the member's map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from aif_share import vocabulary
from aif_share.cli.output import say
from aif_share.client.api import Client
from aif_share.client.map import Map, MapError
from aif_share.client.profile import load_profile
from aif_share.client.session import is_plain_and_remote
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


FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
MAP = click.option(
    "--map",
    "map_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The member's map; by default the one of this key below $XDG_DATA_HOME/aif-share.",
)
