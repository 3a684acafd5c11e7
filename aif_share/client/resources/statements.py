"""Statements: the alliance's monthly bulletin and this institution's own quarterly ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import IO, Final

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named
from aif_share.errors import InvalidInput

FORMS: Final[Mapping[str, str]] = MappingProxyType({"pdf": "application/pdf", "csv": "text/csv"})
"""Form of the file -> the media type that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Answer):
    """A statement: `kind` is bulletin or quarterly; the figures of one that was read by `get` are `body["sections"]`."""

    statement: str
    kind: str
    since: str
    last: str
    version: int
    as_of: datetime
    pdf_sha256: str
    csv_sha256: str


class Statements(Resource):
    """`client.statements`."""

    def list(self, *, limit: int | None = None) -> Iterator[Statement]:
        """Every statement this institution may read, newest first."""
        return self._pages(Statement, "statements", limit=limit)

    def get(self, statement: Statement | str) -> Statement:
        """One statement with its figures."""
        return Statement.read(self._session.get(f"statements/{named('ST', 'statement', statement)}"))

    def save(self, statement: Statement | str, file: IO[bytes], *, form: str = "pdf") -> int:
        """Write a statement's PDF or CSV to an open binary file; return its bytes."""
        if form not in FORMS:
            raise InvalidInput(f"a statement comes as one of {', '.join(FORMS)}")
        path = f"statements/{named('ST', 'statement', statement)}"
        with self._session.chunks(path, accept=FORMS[form]) as chunks:
            return sum(file.write(chunk) for chunk in chunks)
