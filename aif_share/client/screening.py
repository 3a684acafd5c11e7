"""Screening the values of a file: one answer a record, asked in as few requests as the limit allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from aif_share.client.fields import IDENTIFIER_NAMES, RowRefused
from aif_share.client.map import Map
from aif_share.client.records import Identifier, read_identifier
from aif_share.client.source import Source
from aif_share.client.tokenize import Token, Tokenizer
from aif_share.oprf import encoding
from aif_share.wire.limits import MAX_SCREEN_TOKENS

if TYPE_CHECKING:
    from aif_share.client.api import Client


class Asked(NamedTuple):
    """One record that can be asked about: its number in the file from 0, its line from 1."""

    row: int
    line: int
    identifier: Identifier


@dataclass(slots=True)
class Screening:
    """Results by record as the API gives them, with `index` the record's number and `line`; refusals as (line, code)."""

    results: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    as_of: str | None = None
    disclaimer: str | None = None
    lawful_use: dict[str, Any] | None = None


def screen_file(
    client: Client,
    source: Source,
    *,
    type: str | None,
    purpose: str,
    basis: str | None = None,
    case_ref: str | None = None,
    map: Map | None = None,
) -> Screening:
    """Ask about every value of a file. A value that stands there often is asked, and charged, once.

    With a map, values submitted before are not evaluated again. Nothing that is screened is written to it: who was
    screened is nobody's record.
    """
    found = Screening()
    tokenizer = client.tokenizer(None)
    try:
        for asked in chunks(source, type, found.refused, size=MAX_SCREEN_TOKENS):
            tokens = tokens_of(tokenizer, map, [each.identifier for each in asked])
            order = list(tokens)
            answer = client.screen([tokens[key] for key in order], purpose=purpose, basis=basis, case_ref=case_ref)
            by_key = {order[result["index"]]: result for result in answer["results"]}
            for each in asked:
                result = by_key[each.identifier.type, each.identifier.canonical]
                found.results.append({**result, "index": each.row, "line": each.line})
            found.as_of, found.disclaimer = answer.get("as_of"), answer.get("disclaimer")
            found.lawful_use = answer.get("lawful_use")
    finally:
        tokenizer.close()
    return found


def chunks(source: Source, type: str | None, refused: list[tuple[int, str]], *, size: int) -> Iterator[list[Asked]]:
    """The identifiers of a source, up to `size` at a time; records that name none are added to `refused`."""
    asked: list[Asked] = []
    for line in source.lines(source.survey().encoding):
        try:
            if line.refused is not None:
                raise RowRefused(line.refused)
            entry = {name: line.fields[name] for name in IDENTIFIER_NAMES if name in line.fields}
            asked.append(Asked(line.row, line.number, read_identifier(entry, type, None)))
        except RowRefused as refusal:
            refused.append((line.number, refusal.code))
        if len(asked) == size:
            yield asked
            asked = []
    if asked:
        yield asked


def tokens_of(tokenizer: Tokenizer, map: Map | None, identifiers: Sequence[Identifier]) -> dict[tuple[str, str], Token]:
    """(type, canonical) -> token, each evaluated once, and not at all if the map knows it."""
    by_type: dict[str, list[str]] = {}
    for each in identifiers:
        by_type.setdefault(each.type, []).append(each.canonical)
    tokens = {}
    for kind, canonicals in by_type.items():
        pending = tokenizer.start(kind, canonicals, known_to=map)
        for canonical, token in pending.result().items():
            tokens[kind, canonical] = Token(kind, pending.epoch, encoding.encode(token))
        tokenizer.forget(pending)
    return tokens
