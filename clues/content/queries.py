"""Reads of content: an institution sees what it reported, and of the others a band. The desk sees all through its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from aif_share.vocabulary import platforms
from clues.matching.queries import get_alliance
from clues.models import Content, ContentReport, ContentStep
from members.models import reference
from members.permissions import Viewer

from .answering import ContentNotFound
from .workflow import TO_REQUEST

# `others` are independent groups beside the viewer's own.
LIST: Final = """
SELECT c.id, c.type, c.canonical, c.link, c.platform, c.state, c.reason, r.category, r.account_shown, r.capture_sha256,
    r.observed_at, r.note, r.reported_at, c.requested_at, c.removed_at, c.reappeared_at, c.changed_at,
    (SELECT count(DISTINCT i.group_id) FROM content_report o JOIN institution i ON i.id = o.institution_id
        AND i.state = 'live' WHERE o.content_id = c.id AND i.group_id <> %(group)s AND o.released_at <= clock_timestamp())
FROM content_report r JOIN content c ON c.id = r.content_id
WHERE r.institution_id = %(institution)s AND (%(state)s::text IS NULL OR c.state = %(state)s)
    AND (%(platform)s::text IS NULL OR c.platform = %(platform)s) AND (%(before)s::bigint IS NULL OR r.content_id < %(before)s)
    AND (%(content)s::bigint IS NULL OR c.id = %(content)s) AND (%(contents)s::bigint[] IS NULL OR c.id = ANY(%(contents)s))
ORDER BY r.content_id DESC LIMIT %(limit)s
"""
_COLUMNS: Final = (
    "type", "canonical", "link", "platform", "state", "reason", "category", "account_shown", "capture_sha256",
    "observed_at", "note", "reported_at", "requested_at", "removed_at", "reappeared_at", "changed_at",
)  # fmt: skip
# Counted to ten thousand each, along the index of the queue.
WAITING: Final = """
SELECT p.code, (SELECT count(*) FROM (SELECT 1 FROM content c WHERE c.platform = p.code
        AND c.state = ANY(%(to_request)s) LIMIT 10000) waiting),
    (SELECT count(*) FROM (SELECT 1 FROM content c WHERE c.platform = p.code AND c.state = 'requested' LIMIT 10000) asked)
FROM unnest(%(platforms)s::text[]) WITH ORDINALITY AS p (code, no) ORDER BY p.no
"""
SUMS: Final = """
SELECT platform, category, count(*), sum((requests > 0)::int), sum((removals > 0)::int), sum((reappearances > 0)::int),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM removed_at - requested_at))
        FILTER (WHERE state = 'removed' AND removed_at >= requested_at)
FROM content WHERE first_reported_at >= %(since)s AND first_reported_at < %(until)s
GROUP BY platform, category ORDER BY platform, category
"""


@dataclass(frozen=True, slots=True)
class ContentView:
    """A content as one of its reporters sees it. `band`: others who reported it independently; never who."""

    id: int
    content: str
    type: str
    canonical: str
    link: str
    platform: str
    state: str
    reason: str | None
    category: str
    account_shown: bool | None
    capture_sha256: str | None
    observed_at: datetime | None
    note: str
    reported_at: datetime
    requested_at: datetime | None
    removed_at: datetime | None
    reappeared_at: datetime | None
    changed_at: datetime
    band: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a content: what, and when."""

    action: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContentSum:
    """Contents of one platform and category: how many were reported, ever requested, removed, come back; and how fast.

    `median_seconds` runs from the last request to the removal.
    """

    platform: str
    category: str
    reported: int
    requested: int
    removed: int
    reappeared: int
    median_seconds: float | None


def list_content(
    *,
    viewer: Viewer,
    state: str | None = None,
    platform: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[ContentView]:
    """Return what the institution reported, newest content first, below row number `before`."""
    return _list(viewer, state=state, platform=platform, before=before, limit=limit)


def get_content(*, content: str, viewer: Viewer) -> ContentView:
    """Return one content that the institution reported. Raise ContentNotFound, for strangers too."""
    found = _list(viewer, content=reference.decode("CT", content) or 0, limit=1)
    if not found:
        raise ContentNotFound
    return found[0]


def list_some(*, contents: Sequence[int], viewer: Viewer) -> list[ContentView]:
    """Return those of the contents, by row number, that the institution reported, newest first."""
    return _list(viewer, contents=list(contents), limit=len(contents))


def list_moments(*, content: int, viewer: Viewer) -> list[Moment]:
    """Return what happened with a content that the institution reported, oldest first; by row number.

    When somebody else reported it first is not the viewer's to know: its own report stands there instead.
    """
    own = ContentReport.objects.filter(content_id=content, institution_id=viewer.institution_id).first()
    if own is None:
        raise ContentNotFound
    rows = ContentStep.objects.filter(content_id=content).exclude(action="report").order_by("id")
    found = [Moment(row.action, row.to_state, row.reason, row.at) for row in rows]
    return sorted([Moment("report", Content.REPORTED, "", own.reported_at), *found], key=lambda moment: moment.at)


def count_waiting() -> dict[str, tuple[int, int]]:
    """Return for each platform with anything open: how much waits for a request, and how much for an answer."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"platforms": list(platforms.BY_CODE), "to_request": list(TO_REQUEST)})
        return {code: (to_request, asked) for code, to_request, asked in cursor.fetchall() if to_request or asked}


def list_sums(*, since: datetime, until: datetime) -> list[ContentSum]:
    """Return the sums of what was first reported from `since` until before `until`."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"since": since, "until": until})
        return [ContentSum(*row) for row in cursor.fetchall()]


def _list(viewer: Viewer, **names: Any) -> list[ContentView]:
    parameters = {
        "institution": viewer.institution_id, "group": viewer.group_id, "state": None, "platform": None, "before": None,
        "content": None, "contents": None, **names,
    }  # fmt: skip
    alliance = get_alliance()
    with connection.cursor() as cursor:
        cursor.execute(LIST, parameters)
        rows = cursor.fetchall()
    return [_view(*row, band=alliance.band) for row in rows]


def _view(number: int, *columns: Any, band: Any) -> ContentView:
    *plain, others = columns
    shown = dict(zip(_COLUMNS, plain, strict=True))
    digest = shown["capture_sha256"]
    shown |= {
        "reason": shown["reason"] or None,
        "capture_sha256": None if digest is None else bytes(digest).hex(),
        "band": band(others),
    }
    return ContentView(id=number, content=reference.encode("CT", number), **shown)
