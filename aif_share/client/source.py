"""A member's file as a stream of records: lines, CSV or JSON Lines, in bounded memory whatever is in it.

One record a line. The charset is UTF-8 (with or without a byte order mark) or else GB18030, and the whole file is
read once beforehand to know which, and to know the file again after a break. Not here: what a record means.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from aif_share.client.fields import IDENTIFIER_NAMES, NAMES
from aif_share.errors import AifShareError
from aif_share.identifiers import looks_raw
from aif_share.wire.limits import MAX_IDENTIFIERS, MAX_LINE

FORMATS: Final = ("lines", "csv", "jsonl")
_SUFFIXES: Final = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_BLOCK: Final = 1 << 20
_BOMS: Final = {"utf-8": codecs.BOM_UTF8, "gb18030": b"\x84\x31\x95\x33"}


class SourceError(AifShareError):
    """The file as a whole cannot be read; nothing of it is submitted."""

    code = "malformed"

    def __init__(self, message: str, *, code: str = "malformed", **extra: Any) -> None:
        self.code = code
        super().__init__(message, **extra)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes says: size, SHA-256 in hex, and `utf-8` or `gb18030`."""

    size: int
    digest: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its number in the file from 0, its line from 1, bytes read so far, and fields or a refusal's code."""

    row: int
    number: int
    offset: int
    fields: Mapping[str, Any] = field(repr=False)
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes in memory in the place of a file: what came through a pipe can be read only once."""

    data: bytes = field(repr=False)

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """Read them from the beginning."""
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class Source:
    """A file and its format."""

    path: Path | Held
    format: str

    @classmethod
    def at(cls, path: Path, format: str | None = None) -> Source:
        """The file at `path`, its format by the suffix unless given."""
        return cls(path, format or _SUFFIXES.get(path.suffix.lower(), "lines"))

    def survey(self) -> Survey:
        """Read the file once. Raise SourceError with code `charset` if it is in neither charset."""
        digest, size = hashlib.sha256(), 0
        decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in _BOMS}
        try:
            with self.path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
                    _feed(decoders, block, final=False)
            _feed(decoders, b"", final=True)
        except OSError as error:
            raise SourceError(f"the file cannot be read: {error.strerror}") from None
        if not decoders:
            raise SourceError(
                "the file is neither UTF-8 nor GB18030 throughout; save it as UTF-8 and submit it again",
                code="charset",
            )
        return Survey(size, digest.hexdigest(), next(iter(decoders)))

    def lines(self, encoding: str) -> Iterator[Line]:
        """Every record in order, blank lines skipped. Raise SourceError for a CSV header that is not understood."""
        with self.path.open("rb") as file:
            parse: Callable[[str], Mapping[str, Any]] = _PARSERS[self.format]
            header = self.format == "csv"
            row = 0
            for number, text, offset in _texts(file, encoding):
                if header:
                    if text is None:
                        raise SourceError("the first line is too long for a CSV header", code="too-large")
                    parse, header = _csv_parser(text), False
                    continue
                if text is None:
                    yield Line(row, number, offset, {}, "too-large")
                else:
                    try:
                        yield Line(row, number, offset, parse(text))
                    except (ValueError, csv.Error, RecursionError):
                        yield Line(row, number, offset, {}, "row-malformed")
                row += 1


def _feed(decoders: dict[str, codecs.IncrementalDecoder], block: bytes, *, final: bool) -> None:
    for name in list(decoders):
        try:
            decoders[name].decode(block, final)
        except UnicodeDecodeError:
            del decoders[name]


def _texts(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str | None, int]]:
    """(line number, text or None for an overlong line, bytes so far); blank lines left out."""
    number, offset = 0, 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        offset += len(raw)
        if number == 1:
            raw = raw.removeprefix(_BOMS[encoding])
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):  # to the end of the line, without keeping it
                raw = file.readline(MAX_LINE)
                offset += len(raw)
            yield number, None, offset
            continue
        text = raw.decode(encoding)
        if not text.isspace() and text:
            yield number, text, offset


def stream_values(file: BinaryIO) -> Iterator[tuple[int, str | None, str]]:
    """(line number, value, "") for each line of a stream that is read once, or (number, None, code) for a bad one.

    Each line by itself is UTF-8 or else GB18030.
    """
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE)
            yield number, None, "too-large"
            continue
        text = None
        for encoding, bom in _BOMS.items():
            try:
                text = (raw.removeprefix(bom) if number == 1 else raw).decode(encoding).strip()
                break
            except UnicodeDecodeError:
                continue
        if text is None:
            yield number, None, "charset"
        elif text:
            yield number, text, ""


def _line(text: str) -> Mapping[str, Any]:
    return {"value": text.strip()}


def _json(text: str) -> Mapping[str, Any]:
    record = json.loads(text, parse_float=str, parse_constant=_no_constant)
    if not isinstance(record, dict):
        raise ValueError("not an object")
    return record


def _no_constant(name: str) -> None:
    raise ValueError(name)


_PARSERS: Final[Mapping[str, Callable[[str], Mapping[str, Any]]]] = {"lines": _line, "jsonl": _json, "csv": _line}
_COLUMN: Final = re.compile(r"(value|type|role)(?:_([1-9][0-9]?))?")


def _csv_parser(header: str) -> Callable[[str], Mapping[str, Any]]:
    """Read a header, give the parser of the other lines. Raise SourceError that names a wrong column."""
    delimiter = max(",\t;", key=header.count)
    try:
        names = [cell.strip().lower().removesuffix("_1") for cell in _cells(header, delimiter)]
    except csv.Error:
        raise SourceError("the first line is not a CSV header") from None
    unknown = [index for index, name in enumerate(names) if not _is_column(name)]
    if unknown:
        # A file without header has a value where a name belongs, and values are never repeated.
        headed = len(unknown) < len(names)
        shown = [f'"{names[at]}"' if headed and _is_harmless(names[at]) else f"number {at + 1}" for at in unknown]
        raise SourceError(
            f"CSV column {', '.join(shown)} is not known"
            + ("" if headed else "; the first line has to name the columns")
            + f". Columns are {', '.join((*IDENTIFIER_NAMES, *NAMES))}; more identifiers of one clue are value_2, type_2, …",
            code="unknown-field",
        )
    if len(set(names)) != len(names):
        raise SourceError("a CSV column stands twice", code="unknown-field")
    if not any(name == "value" or name.startswith("value_") for name in names):
        raise SourceError('the CSV has no column "value"', code="field-missing")

    def parse(text: str) -> Mapping[str, Any]:
        cells = _cells(text, delimiter)
        if len(cells) > len(names):
            raise ValueError("more cells than columns")
        return {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}

    return parse


def _cells(text: str, delimiter: str) -> list[str]:
    (cells,) = csv.reader([text.rstrip("\r\n")], delimiter=delimiter, strict=True)
    return cells


def _is_column(name: str) -> bool:
    match = _COLUMN.fullmatch(name)
    if match is not None:
        return match[2] is None or int(match[2]) <= MAX_IDENTIFIERS
    return name in NAMES


def _is_harmless(name: str) -> bool:
    return len(name) <= 40 and not re.search(r"\d{3}", name) and looks_raw(name) is None
