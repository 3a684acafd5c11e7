"""Results of a whole batch in one answer: NDJSON or CSV, written while it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from aif_share.wire.csv_cells import quoted_cell
from clues.submissions.queries import RowResult
from clues.submissions.receive import CSV, NDJSON
from members.api.renderers import JSONRenderer

PIECE: Final = 2000
"""Rows of one write."""

Chunks = Iterable[list[RowResult]]


class FormNegotiation(DefaultContentNegotiation):
    """Chooses the form of the answer as RFC 9110 has it, by quality too."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer that the client prefers, the first of those it likes the same; raise NotAcceptable."""
        by_type = {str(renderer.media_type): renderer for renderer in renderers}
        chosen = request._request.get_preferred_type(list(by_type))
        if chosen is None:
            raise NotAcceptable
        return by_type[chosen], chosen


class NdjsonRenderer(JSONRenderer):
    """Stands for NDJSON when the form of an answer is chosen; what it renders itself are problems."""

    media_type = NDJSON
    format = "ndjson"


class CsvRenderer(JSONRenderer):
    """Stands for CSV likewise."""

    media_type = CSV
    format = "csv"


CONTENT_TYPES: Final[Mapping[str, str]] = MappingProxyType({NDJSON: NDJSON, CSV: f"{CSV}; charset=utf-8"})
"""Media type as it was asked for -> as the answer names it."""


def write_ndjson(chunks: Chunks) -> Iterator[bytes]:
    """Yield a line `{"row":…,"client_ref":…,"outcome":…,"code":…}` for each row."""
    for rows in _pieces(chunks):
        yield b"".join(
            orjson.dumps(
                {"row": row.row, "client_ref": row.client_ref, "outcome": row.outcome, "code": row.code},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for row in rows
        )


def write_csv(chunks: Chunks) -> Iterator[bytes]:
    """Yield the header and a line for each row; texts in quotes, nothing that a spreadsheet takes for a formula."""
    yield b"row,client_ref,outcome,code\r\n"
    for rows in _pieces(chunks):
        lines = (f"{row.row},{quoted_cell(row.client_ref)},{row.outcome},{row.code or ''}\r\n" for row in rows)
        yield "".join(lines).encode()


def _pieces(chunks: Chunks) -> Iterator[list[RowResult]]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield chunk[start : start + PIECE]


WRITERS: Final[Mapping[str, Callable[[Chunks], Iterator[bytes]]]] = MappingProxyType(
    {NDJSON: write_ndjson, CSV: write_csv}
)
"""Media type of an answer of all rows -> what writes it."""
