"""Make an export: choose the rows that the institution may see, put it on the trail, write it while it is read.

The trail has the event before the first byte is there to be read. Rows pass the same filter as any list of them; that of
matches is asked again for each piece, so that what may no longer be seen is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.content import queries as content
from clues.days import read_day
from clues.matching import queries as matching
from clues.models import Clue, ContentReport
from clues.submissions import clues
from members import audit
from members.permissions import Permission, check
from members.queries import Member

from .record import CLUES, CONTENT, MATCHES, MatchRow, Row, Source
from .registry import formats

MOST_ROWS: Final = 50_000
PIECE: Final = 200
"""Rows that are read at once."""
MATCHES_OF = f"""
SELECT p.match_id FROM match_party p
WHERE p.institution_id = %(institution)s AND p.released_at <= clock_timestamp() AND {matching.HAS_OTHERS}
    AND (%(since)s::timestamptz IS NULL OR p.released_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR p.released_at < %(until)s)
ORDER BY p.released_at, p.match_id LIMIT %(limit)s
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True, slots=True)
class Span:
    """Days in Shanghai, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment, and the first one after the last."""
        return _midnight(self.since), _midnight(self.until and self.until + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Export:
    """A file about to be written: `pieces` yields its bytes, once."""

    file_name: str
    content_type: str
    rows: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class _Subject:
    permission: Permission
    choose: Callable[[Member, Span, int], list[int]]
    read: Callable[[Member, Sequence[int]], list[Row]]


def read_span(values: Mapping[str, str]) -> Span:
    """Return the days that a form or the API asks for, without those it leaves out. Raise Refusal `field-invalid`."""
    found: dict[str, date] = {}
    for name in ("since", "until"):
        if (text := values.get(name)) is not None:
            try:
                found[name] = read_day(text)
            except ValueError:
                raise Refusal("field-invalid", gettext_noop("A day as YYYY-MM-DD."), field=name) from None
    span = Span(**found)
    if span.since and span.until and span.since > span.until:
        raise Refusal("field-invalid", gettext_noop("The last day comes before the first."), field="until")
    return span


def make(*, what: str, form: str, by: Member, now: datetime, span: Span = Span()) -> Export:
    """Return an export of `what` (a key of SUBJECTS) in a form (a key of `formats()`), and put it on the trail.

    Clues are taken by when they were received, matches by when they were released, content by when it was reported,
    oldest first. Raise Refusal: `not-found`, `permission-missing`, `too-large` above MOST_ROWS.
    """
    subject, chosen = SUBJECTS.get(what), formats().get(form)
    if subject is None or chosen is None or what not in chosen.writers:
        raise Refusal("not-found", gettext_noop("There is no such export."))
    check(by, subject.permission)
    numbers = subject.choose(by, span, MOST_ROWS + 1)
    if len(numbers) > MOST_ROWS:
        raise Refusal(
            "too-large", gettext_noop("Choose fewer days: a file holds 50,000 rows at most."), limit=MOST_ROWS
        )
    with transaction.atomic():
        audit.record(
            "export.make",
            actor=by,
            institution_id=by.institution_id,
            detail={"what": what, "form": form, "rows": len(numbers)}
            | {name: day.isoformat() for name, day in (("since", span.since), ("until", span.until)) if day},
        )
    source = Source(by.institution_ref, by.institution_name, by.sector, now)
    return Export(
        file_name=f"aif-{what}-{timezone.localtime(now):%Y%m%d-%H%M}.{chosen.suffix}",
        content_type=chosen.content_type,
        rows=len(numbers),
        pieces=chosen.writers[what](source, _read(subject, by, numbers)),
    )


def _read(subject: _Subject, by: Member, numbers: Sequence[int]) -> Iterator[Row]:
    for start in range(0, len(numbers), PIECE):
        yield from subject.read(by, numbers[start : start + PIECE])


def _choose_clues(by: Member, span: Span, limit: int) -> list[int]:
    rows = Clue.objects.filter(institution_id=by.institution_id, **_within("received_at", span))
    return list(rows.order_by("id").values_list("pk", flat=True)[:limit])


def _read_clues(by: Member, numbers: Sequence[int]) -> list[Row]:
    rows = Clue.objects.filter(institution_id=by.institution_id, pk__in=numbers).order_by("id")
    return [*clues.show(rows)]


def _choose_matches(by: Member, span: Span, limit: int) -> list[int]:
    since, until = span.bounds()
    names = {"institution": by.institution_id, "group": by.group_id, "since": since, "until": until, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(MATCHES_OF, names)
        return [number for (number,) in cursor.fetchall()]


def _read_matches(by: Member, numbers: Sequence[int]) -> list[Row]:
    found = matching.list_some(matches=numbers, viewer=by)
    refs = {own.client_ref for match in found for own in match.mine}
    own = clues.show(Clue.objects.filter(institution_id=by.institution_id, client_ref__in=refs).order_by("id"))
    by_ref = {clue.client_ref: clue for clue in own}
    return [
        MatchRow(match, tuple(by_ref[ref] for ref in dict.fromkeys(m.client_ref for m in match.mine) if ref in by_ref))
        for match in reversed(found)
    ]


def _choose_content(by: Member, span: Span, limit: int) -> list[int]:
    rows = ContentReport.objects.filter(institution_id=by.institution_id, **_within("reported_at", span))
    return list(rows.order_by("content_id").values_list("content_id", flat=True)[:limit])


def _read_content(by: Member, numbers: Sequence[int]) -> list[Row]:
    return [*reversed(content.list_some(contents=numbers, viewer=by))]


def _within(field: str, span: Span) -> dict[str, Any]:
    bounds = zip(("gte", "lt"), span.bounds(), strict=True)
    return {f"{field}__{end}": moment for end, moment in bounds if moment is not None}


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else timezone.make_aware(datetime.combine(day, datetime.min.time()))


SUBJECTS: Final[Mapping[str, _Subject]] = MappingProxyType(
    {
        CLUES: _Subject(Permission.CLUE_VIEW, _choose_clues, _read_clues),
        MATCHES: _Subject(Permission.MATCH_VIEW, _choose_matches, _read_matches),
        CONTENT: _Subject(Permission.CLUE_VIEW, _choose_content, _read_content),
    }
)
"""What can be exported -> who may, and how its rows are chosen and read. The row is the rule."""
