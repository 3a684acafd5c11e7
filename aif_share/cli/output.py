"""What every verb shares: where data and sentences go, and which exit code stands for which error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final

import click

from aif_share.client.map import MapError
from aif_share.client.profile import ProfileError
from aif_share.client.source import SourceError
from aif_share.errors import (
    AifShareError,
    AuthenticationError,
    MalformedKey,
    NetworkError,
    NothingKept,
    PinError,
    ProofError,
    QuotaError,
    RequestError,
    UnknownType,
)

OK: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
AUTHENTICATION: Final = 3
QUOTA: Final = 4
NETWORK: Final = 5
PROOF: Final = 6
INTERNAL: Final = 70
"""A fault of this program, as in sysexits.h."""
INTERRUPTED: Final = 130

EXIT_CODES: Final[tuple[tuple[type[AifShareError], int], ...]] = (
    (AuthenticationError, AUTHENTICATION),
    (MalformedKey, AUTHENTICATION),
    (QuotaError, QUOTA),
    (NetworkError, NETWORK),
    (ProofError, PROOF),
    (PinError, PROOF),
    (ProfileError, USAGE),
    (SourceError, USAGE),
    (MapError, USAGE),
    (NothingKept, USAGE),
    (UnknownType, USAGE),
)
"""The first fitting row counts; what fits none is a refusal, and a server's own failure counts as network."""

NEXT: Final[Mapping[str, str]] = {
    "unauthenticated": "Check AIF_SHARE_KEY, and that your verifier is registered at this server (`aif-share keys verifier`).",
    "key-expired": "Register a new key (`aif-share keys new`).",
    "key-revoked": "Register a new key (`aif-share keys new`).",
    "scope-missing": "Ask your member administrator for a key with this scope.",
    "institution-suspended": "Ask the alliance's operator; nothing more is accepted until then.",
    "quota-exhausted": "Run the same command again when the quota renews (00:00 UTC): what is done is neither "
    "evaluated nor counted again. A smaller --chunk uses up what is left today.",
    "network": "Run the same command again; a submission goes on where it stopped.",
    "unavailable": "Run the same command again in a minute: it goes on where it stopped.",
    "type-unknown": "`aif-share types` lists the types.",
    "too-many-requests": "Wait a moment, then run the same command again.",
    "version-changed": "Somebody changed it meanwhile: look at it again, then decide.",
    "lawful-use-unresolved": "The alliance has not released this purpose for this type of identifier; ask its operator.",
    "queue-full": "The platform is busy: run the same command again in a few minutes.",
    "epoch-retired": "Run the same command again: it takes the keys of the current epoch.",
}
"""What to do next, by code."""


NOT_OF_THE_KEY: Final = frozenset({"lawful-use-unresolved", "not-the-lead"})
"""Refused with 403, but not because of the key: no other key would help."""


def exit_code(error: AifShareError) -> int:
    """The exit code for an error."""
    if error.code in NOT_OF_THE_KEY:
        return REFUSED
    for kind, code in EXIT_CODES:
        if isinstance(error, kind):
            return code
    return NETWORK if isinstance(error, RequestError) and error.status >= 500 else REFUSED


def say(sentence: str) -> None:
    """Write a sentence for a person to stderr."""
    click.echo(sentence, err=True)


def say_error(error: AifShareError) -> None:
    """One line of what is wrong, one of what to do next."""
    where = f"{error.extra['server']}: " if "server" in error.extra else ""
    what = f"{error.detail or error.title or error.code}" if isinstance(error, RequestError) else str(error)
    say(f"error [{error.code}]: {where}{what}")
    hint = NEXT.get(error.code)
    if isinstance(error, QuotaError) and error.retry_after:
        say(f"It renews in {error.retry_after} s.")
    if hint:
        say(hint)
    if isinstance(error, RequestError) and exit_code(error) in (REFUSED, NETWORK):
        say(f"Request id for the other side's log: {error.extra.get('request_id')}")


def say_refused(refused: Sequence[tuple[int, str]], *, shown: int = 20) -> None:
    """Say which lines of a file were left out: number and code, never the value."""
    for line, code in refused[:shown]:
        say(f"line {line}: {code}")
    if len(refused) > shown:
        say(f"… and {len(refused) - shown} more lines")


def emit_json(value: Any) -> None:
    """Write one JSON document to stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def emit_json_list(values: Iterable[Any]) -> None:
    """Write a JSON list to stdout as it comes, so that its length does not matter."""
    separator = "["
    for value in values:
        click.echo(separator + json.dumps(value, ensure_ascii=False), nl=False)
        separator = ",\n"
    click.echo("[]" if separator == "[" else "]")


def emit_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows to stdout: a table on a terminal, else tab-separated lines with a header."""
    texts: Iterator[list[str]] = ([_cell(value) for value in row] for row in rows)
    first = next(texts, None)  # before anything is printed: this is what may fail
    texts = chain([] if first is None else [first], texts)
    if not sys.stdout.isatty():
        click.echo("\t".join(columns))
        for row in texts:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, header_style="bold")
    for row in texts:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def emit_answers(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, as_json: bool, limit: int | None = None
) -> None:
    """Write the rows of a list: whole ones as JSON, the named columns else; `limit` ends it early."""
    rows = islice(rows, limit)
    if as_json:
        emit_json_list(rows)
    else:
        emit_rows(columns, ([row.get(name) for name in columns] for row in rows))


def emit_answer(row: Mapping[str, Any], *, as_json: bool) -> None:
    """Write one answer: as JSON, or a line a field."""
    if as_json:
        emit_json(row)
    else:
        emit_rows(("field", "value"), list(row.items()))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, dict):
        value = [f"{name}={each}" for name, each in value.items() if each is not None]
    text = ", ".join(map(_cell, value)) if isinstance(value, list | tuple) else str(value)
    return "".join(character if character.isprintable() else " " for character in text)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option every verb has."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout.")(command)
