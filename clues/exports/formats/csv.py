"""CSV as RFC 4180 has it, in UTF-8 with its mark: every text in quotes, no cell that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from aif_share.vocabulary import tlp
from aif_share.wire.csv_cells import quoted_cell
from clues.content.queries import ContentView
from clues.exports.record import CLUES, CONTENT, MATCHES, Format, MatchRow, Source, Write
from clues.submissions.clues import ClueView

PIECE: Final = 500
"""Rows of one write."""

_CLUE: Final = (
    "clue", "client_ref", "category", "grade", "level", "channel", "observed_at", "region", "amount_cny",
    "crime_indicator", "indicators", "consumer_contacted", "tlp", "evidence_sha256", "basis", "state", "review",
    "received_at", "expires_at", "batch", "identifiers", "answers_screenings",
)  # fmt: skip
_CONTENT: Final = (
    "content", "type", "canonical", "link", "platform", "category", "state", "reason", "account_shown",
    "capture_sha256", "observed_at", "reported_at", "requested_at", "removed_at", "reappeared_at", "band", "note",
)  # fmt: skip
_MATCH: Final = (
    "match", "type", "released_at", "band", "sectors", "categories", "best_grade", "first_seen_month", "score",
)  # fmt: skip
_OPINION: Final = ("my_verdict", "my_reason")


def _clue(clue: ClueView) -> list[Any]:
    kinds = tuple(f"{each.type}:{each.role}" for each in clue.identifiers)
    return [kinds if name == "identifiers" else getattr(clue, name) for name in _CLUE]


def _match(row: MatchRow) -> list[Any]:
    match, opinion = row.match, row.match.my_feedback
    # One behind the other, in the same order: which identifier of which clue.
    refs = tuple(own.client_ref for own in match.mine)
    places = tuple(str(own.identifier) for own in match.mine)
    given = [opinion.verdict, opinion.reason] if opinion else [None, None]
    return [*(getattr(match, name) for name in _MATCH), refs, places, *given, tlp.DEFAULT]


def _content(content: ContentView) -> list[Any]:
    return [*(getattr(content, name) for name in _CONTENT), tlp.DEFAULT]


HEADS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {CLUES: _CLUE, MATCHES: (*_MATCH, "client_refs", "identifiers", *_OPINION, "tlp"), CONTENT: (*_CONTENT, "tlp")}
)
"""What is exported -> the names of its columns. Names are only ever added, at the end."""
_CELLS: Final[Mapping[str, Callable[[Any], list[Any]]]] = MappingProxyType(
    {CLUES: _clue, MATCHES: _match, CONTENT: _content}
)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, tuple | list):
        return " ".join(value)
    return str(value)


def _writer(what: str) -> Write:
    def write(_source: Source, rows: Iterable[Any]) -> Iterator[bytes]:
        yield b"\xef\xbb\xbf" + (",".join(HEADS[what]) + "\r\n").encode()
        lines = (",".join(quoted_cell(_text(cell)) for cell in _CELLS[what](row)) + "\r\n" for row in rows)
        while piece := "".join(islice(lines, PIECE)):
            yield piece.encode()

    return write


FORMAT: Final = Format(
    code="csv",
    label="CSV",
    media_type="text/csv",
    content_type="text/csv; charset=utf-8",
    suffix="csv",
    writers=MappingProxyType({what: _writer(what) for what in HEADS}),
)
