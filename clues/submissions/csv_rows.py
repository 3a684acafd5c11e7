"""Rows that come as CSV (RFC 4180, one line a row): columns become the fields of a clue, a clue may have 20 identifiers.

An empty cell is an absent field. What a field may hold is the business of `rows`, as with JSON.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_IDENTIFIERS

from .chunks import Unreadable
from .lines import BOM, MALFORMED, NOT_UTF_8, TOO_LONG
from .rows import ALL_FIELDS, names_of

IDENTIFIER_COLUMNS = ("type", "epoch", "token", "role")
REQUIRED = ("client_ref", "category", "grade", "type", "epoch", "token")
FIELD_COLUMNS = frozenset(ALL_FIELDS - {"identifiers"})
ALL_COLUMNS = FIELD_COLUMNS | {
    name if number == 1 else f"{name}_{number}"
    for name in IDENTIFIER_COLUMNS
    for number in range(1, MAX_IDENTIFIERS + 1)
}
TRUTH = {"true": True, "false": False}
READERS: dict[str, Callable[[str], Any]] = {
    "crime_indicator": lambda cell: TRUTH.get(cell.lower(), cell),
    "indicators": lambda cell: cell.split(";"),
    "epoch": lambda cell: int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else cell,
}


def csv_rows(lines: Iterator[bytes | None]) -> Iterator[Any]:
    """Yield a clue as JSON would have it for each line but the first, or Unreadable. Blank lines are no rows.

    Raise Refusal for a first line that names no columns: `too-large`, `charset`, `malformed`, `unknown-field`,
    `field-missing`; `empty` without one.
    """
    read = _reader_of(_read_header(next(lines, b"")))
    for line in lines:
        if line is None:
            yield TOO_LONG
            continue
        if not line:  # millions of them must cost nothing
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            yield NOT_UTF_8
            continue
        cells = _cells(text)
        if cells != [""]:
            yield MALFORMED if cells is None else read(cells)


def _read_header(line: bytes | None) -> list[str]:
    if line is None:
        raise Refusal("too-large", "The first line names the columns; this one is too long for that.")
    try:
        text = line.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("charset", "The body is not UTF-8. Send CSV in UTF-8.") from None
    if not text.strip():
        raise Refusal("empty", "The first line names the columns.")
    names = _cells(text)
    if names is None or len(set(names)) != len(names):
        raise Refusal("malformed", "The first line names each column once.")
    unknown = set(names) - ALL_COLUMNS
    if unknown:
        raise Refusal("unknown-field", "There are columns that do not exist.", fields=names_of(unknown))
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise Refusal("field-missing", "Columns are missing.", fields=missing)
    return names


def _cells(text: str) -> list[str] | None:
    """Return the cells of a line, None when its quotes do not add up."""
    text = text.removesuffix("\r")
    if '"' not in text:
        return None if "\r" in text else text.split(",")
    try:
        found = list(csv.reader([text], strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _reader_of(names: Sequence[str]) -> Callable[[Sequence[str]], Any]:
    """Return what makes a clue of the cells of a line."""
    fields: list[tuple[int, str, Callable[[str], Any]]] = []
    groups: dict[int, list[tuple[int, str, Callable[[str], Any]]]] = {}
    for place, column in enumerate(names):
        name, _mark, number = column.rpartition("_")
        if column in FIELD_COLUMNS:
            fields.append((place, column, READERS.get(column, str)))
        else:
            name, group = (name, int(number)) if number.isdigit() else (column, 1)
            groups.setdefault(group, []).append((place, name, READERS.get(name, str)))
    identifiers = [groups[group] for group in sorted(groups)]

    def read(cells: Sequence[str]) -> dict[str, Any] | Unreadable:
        if len(cells) != len(names):
            return MALFORMED
        clue: dict[str, Any] = {name: reader(cells[place]) for place, name, reader in fields if cells[place]}
        found = [{name: reader(cells[at]) for at, name, reader in group if cells[at]} for group in identifiers]
        clue["identifiers"] = [identifier for identifier in found if identifier]
        return clue

    return read
