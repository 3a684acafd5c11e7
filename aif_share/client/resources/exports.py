"""Exports: own clues, matches and content as one file, CSV or STIX 2.1."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Final

from aif_share.client.resources.base import Resource, given
from aif_share.errors import InvalidInput

FORMS: Final[Mapping[str, str]] = MappingProxyType({"csv": "text/csv", "stix": "application/stix+json"})
"""Form of the file -> the media type that is asked for."""
WHAT: Final = ("clues", "matches", "content")


class Exports(Resource):
    """`client.exports`."""

    def save(
        self, what: str, file: IO[bytes], *, form: str = "csv", since: str | None = None, until: str | None = None
    ) -> int:
        """Write an export of `clues`, `matches` or `content` to an open binary file, in constant memory; return its bytes.

        `since` and `until` are days as YYYY-MM-DD, both included. The export is on your institution's audit trail.
        """
        if what not in WHAT or form not in FORMS:
            raise InvalidInput(f"export one of {', '.join(WHAT)} as one of {', '.join(FORMS)}")
        written = 0
        params = given(since=since, until=until) or None
        with self._session.chunks(f"exports/{what}", accept=FORMS[form], params=params) as chunks:
            for chunk in chunks:
                written += file.write(chunk)
        return written
