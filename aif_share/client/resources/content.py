"""Content: links of public videos, posts, pages and apps, reported in clear, and what platforms did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(Answer):
    """A content this institution reported. `state`: reported, requested, removed, re-appeared or rejected."""

    content: str
    canonical: str
    platform: str
    state: str
    type: str | None = None
    link: str | None = None
    reason: str | None = None
    category: str | None = None
    capture_sha256: str | None = None
    observed_at: datetime | None = None
    reported_at: datetime | None = None
    requested_at: datetime | None = None
    removed_at: datetime | None = None
    reappeared_at: datetime | None = None
    band: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOutcome(Answer):
    """What became of one link, by its index: `reported`, `known`, or `refused` with a code."""

    index: int
    outcome: str
    content: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Answer):
    """What `report` answers."""

    results: tuple[LinkOutcome, ...]


class Contents(Resource):
    """`client.content`."""

    def report(self, links: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None) -> Reported:
        """Report 1 to 100 links, each `{"link", "category", …}`. They leave this machine in clear."""
        body = {"links": [dict(each) for each in links]}
        return Reported.read(self._session.write("POST", "content", body, idempotency_key=idempotency_key))

    def list(
        self, *, state: str | None = None, platform: str | None = None, limit: int | None = None
    ) -> Iterator[Content]:
        """What this institution reported, newest first."""
        return self._pages(Content, "content", state=state, platform=platform, limit=limit)

    def get(self, content: Content | str) -> Content:
        """One content this institution reported."""
        return Content.read(self._session.get(f"content/{named('CT', 'content', content)}"))
