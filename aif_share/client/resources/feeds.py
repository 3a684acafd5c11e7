"""Feeds: what platforms and telecom operators pull and acknowledge; what members give in clear for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import IO, Any, Final

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, named
from aif_share.errors import InvalidInput

FORMS: Final[Mapping[str, str]] = MappingProxyType({"csv": "text/csv", "rpz": "text/dns"})
"""Form of the file -> the media type that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry(Answer):
    """An entry of this institution's feed. `state` is listed, or withdrawn after it was applied here."""

    entry: str
    type: str
    value: str
    category: str
    state: str
    platform: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedValue(Answer):
    """A value this institution gave in clear: proposed, listed, rejected, withdrawn or expired."""

    entry: str
    type: str
    value: str
    category: str
    state: str
    reason: str | None = None
    until: datetime | None = None
    applied: int = 0


class Feeds(Resource):
    """`client.feeds`."""

    def pull(self, *, limit: int | None = None) -> Iterator[FeedEntry]:
        """Every entry of this institution's feed as it stands now; what is not there any more no longer applies."""
        return self._pages(FeedEntry, "feeds/entries", limit=limit)

    def save(self, file: IO[bytes], *, form: str = "csv") -> int:
        """Write the whole feed to an open binary file, as `csv` or as a response policy zone (`rpz`); return its bytes."""
        if form not in FORMS:
            raise InvalidInput(f"a feed comes as one of {', '.join(FORMS)}")
        with self._session.chunks("feeds/entries", accept=FORMS[form]) as chunks:
            return sum(file.write(chunk) for chunk in chunks)

    def acknowledge(self, entries: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None) -> int:
        """Say what was done about 1 to 1,000 entries, each `{"entry", "outcome"}`, refused ones with a `reason`; all or none."""
        body = {"entries": [dict(each) for each in entries]}
        taken = self._session.write("POST", "feeds/acknowledgments", body, idempotency_key=idempotency_key)
        return int(taken["acknowledged"])

    def give(
        self, type: str, value: str, *, category: str, note: str | None = None, idempotency_key: str | None = None
    ) -> FeedValue:
        """Give a value in clear, of a type that concerns no person. It leaves this machine as it is."""
        body = body_of(type=type, value=value, category=category, note=note, in_clear=True)
        return FeedValue.read(self._session.write("POST", "feeds/values", body, idempotency_key=idempotency_key))

    def given(self, *, limit: int | None = None) -> Iterator[FeedValue]:
        """What this institution gave, newest first."""
        return self._pages(FeedValue, "feeds/values", limit=limit)

    def withdraw(self, entry: FeedValue | str, *, idempotency_key: str | None = None) -> FeedValue:
        """Take a value back; whoever applied it is told to lift it."""
        path = f"feeds/values/{named('FE', 'entry', entry)}/withdraw"
        return FeedValue.read(self._session.write("POST", path, idempotency_key=idempotency_key))
