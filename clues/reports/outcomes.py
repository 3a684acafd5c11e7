"""What came of the cases, in figures: sums over proceedings and dispositions, each with the cases behind it.

One statement gives every counter; another, made of the same expressions, the cases of one of them. The desk counts all;
an institution counts the cases that it is a party of; of the whole alliance members read what the job counted
(clues/reports/funnel.py), rounded, and only where enough institutions stand behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, outcome_counters, regions, tracks
from aif_share.vocabulary.outcome_counters import PROVINCES
from clues.days import read_day
from clues.reports.counters import DONE, DONE_VALUES, RUN, STANDING, VALUES, total_of
from clues.reports.counting import CODES
from members.models import reference
from members.permissions import Permission, Viewer, check

# A member's case counts for it, as far as the tick has shown it; for the desk everything does.
_TOLD: Final = "AND (%(viewer)s::bigint IS NULL OR {row}.released_at <= clock_timestamp())"
_CATEGORY: Final = """(EXISTS (SELECT 1 FROM match_party mp WHERE mp.match_id = k.match_id AND %(category)s = ANY(mp.categories))
    OR EXISTS (SELECT 1 FROM ring r WHERE r.id = k.ring_id AND %(category)s = ANY(r.categories)))"""
# The cases of the viewer first: what others did is not read at all.
_OF_VIEWER: Final = """
    AND (%(viewer)s::bigint IS NULL OR p.case_id IN (
        SELECT cp.case_id FROM case_party cp WHERE cp.institution_id = %(viewer)s AND cp.released_at <= clock_timestamp()))
"""
TOLD_STANDING: Final = STANDING.replace("v.kind = 'void'", f"v.kind = 'void' {_TOLD.format(row='v')}").replace(
    "c.kind = 'confirmation'", f"c.kind = 'confirmation' {_TOLD.format(row='c')}"
) + _TOLD.format(row="e")
"""What stands as far as the tick has shown it to `viewer`, or all of it where that is null."""
_STANDING: Final = TOLD_STANDING + _OF_VIEWER
FOUND: Final = f"""
WITH standing AS ({_STANDING}), every_run AS ({RUN}), run AS (
    SELECT q.* FROM every_run q JOIN case_file k ON k.id = q.case_id
    WHERE (%(since)s::date IS NULL OR q.began >= %(since)s::date)
        AND (%(until)s::date IS NULL OR q.began < %(until)s::date)
        AND (%(track)s::text IS NULL OR q.track = %(track)s)
        AND (%(province)s::text IS NULL OR %(province)s = ANY(q.provinces))
        AND (%(category)s::text IS NULL OR {_CATEGORY})
), done AS (
    {DONE} AND (%(viewer)s::bigint IS NULL OR d.institution_id = %(viewer)s)
        AND (%(since)s::date IS NULL OR (d.done_at AT TIME ZONE 'Asia/Shanghai')::date >= %(since)s::date)
        AND (%(until)s::date IS NULL OR (d.done_at AT TIME ZONE 'Asia/Shanghai')::date < %(until)s::date)
        AND (%(category)s::text IS NULL OR d.category = %(category)s)
        AND %(track)s::text IS NULL AND %(province)s::text IS NULL
)
"""  # noqa: S608 - put together from literals
COUNT: Final = f"{FOUND} SELECT {', '.join(total_of(code) for code in CODES)} FROM run"  # noqa: S608
BEHIND: Final = f"""{FOUND}
SELECT case_id, sum({{value}}) AS part, count(*) FROM run GROUP BY case_id HAVING sum({{value}}) > 0
ORDER BY case_id DESC LIMIT %(limit)s
"""  # noqa: S608
# What was done about a match belongs to its case, whether or not there was one yet.
BEHIND_DONE: Final = f"""{FOUND}
SELECT k.id, sum({{value}}) AS part, 0 FROM done d
JOIN case_file k ON k.id = d.case_id OR (d.case_id IS NULL AND k.match_id = d.match_id)
WHERE %(viewer)s::bigint IS NULL OR EXISTS (SELECT 1 FROM case_party cp WHERE cp.case_id = k.id
    AND cp.institution_id = %(viewer)s AND cp.released_at <= clock_timestamp())
GROUP BY k.id HAVING sum({{value}}) > 0 ORDER BY k.id DESC LIMIT %(limit)s
"""  # noqa: S608
MOST_CASES: Final = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: proceedings that began from `since` on and before `until`, of one track, province or category."""

    since: date | None = None
    until: date | None = None
    track: str | None = None
    province: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class CaseShare:
    """What one case adds to a counter, by how many of its proceedings."""

    case: str
    number: int
    part: Decimal
    proceedings: int


EVERYTHING: Final = Scope()


def read_scope(values: Mapping[str, str]) -> Scope:
    """Return the scope that the query of a page or of the API asks for. Raise Refusal `field-invalid`."""
    found: dict[str, Any] = {}
    for name in ("since", "until"):
        if (text := values.get(name)) is not None:
            try:
                found[name] = read_day(text)
            except ValueError:
                raise Refusal("field-invalid", gettext_noop("A day as YYYY-MM-DD."), field=name) from None
    for name, known in (("track", tracks.BY_CODE), ("province", regions.BY_CODE), ("category", categories.BY_CODE)):
        if code := values.get(name):
            if code not in known:
                raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field=name)
            found[name] = code
    return Scope(**found)


def get_counters(*, by: object, scope: Scope = EVERYTHING) -> dict[str, Decimal]:
    """Return every counter over all cases, for the desk: one statement."""
    check(by, Permission.DESK_VIEW)
    return _count(scope, viewer=None)


def get_own_counters(*, viewer: Viewer, scope: Scope = EVERYTHING) -> dict[str, Decimal]:
    """Return every counter over the cases that the viewer's institution is a party of."""
    return _count(scope, viewer=viewer.institution_id)


def list_cases(*, counter: str, by: object, scope: Scope = EVERYTHING) -> list[CaseShare]:
    """Return the cases behind a counter, newest first, MOST_CASES at most. Raise Refusal `not-found`."""
    check(by, Permission.DESK_VIEW)
    return _behind(counter, scope, viewer=None)


def list_own_cases(*, counter: str, viewer: Viewer, scope: Scope = EVERYTHING) -> list[CaseShare]:
    """Return those of the viewer's institution behind a counter. Raise Refusal `not-found`."""
    return _behind(counter, scope, viewer=viewer.institution_id)


def is_sum(counter: str) -> bool:
    """Whether the parts of its cases add up to it: several cases share a province, and dispositions need no case."""
    return counter in VALUES and outcome_counters.BY_CODE[counter].unit != PROVINCES


def names_of(scope: Scope, viewer: int | None) -> dict[str, Any]:
    """Return the parameters of FOUND for a scope; all cases without a viewer."""
    return {
        "since": scope.since,
        "until": scope.until,
        "track": scope.track,
        "province": scope.province,
        "category": scope.category,
        "viewer": viewer,
        "limit": MOST_CASES,
    }


def _count(scope: Scope, *, viewer: int | None) -> dict[str, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, names_of(scope, viewer))
        row = cursor.fetchone()
    return {code: Decimal(value) for code, value in zip(CODES, row, strict=True)}


def _behind(counter: str, scope: Scope, *, viewer: int | None) -> list[CaseShare]:
    if counter not in CODES:
        raise Refusal("not-found", gettext_noop("There is no such counter."))
    statement = (
        BEHIND.format(value=VALUES[counter]) if counter in VALUES else BEHIND_DONE.format(value=DONE_VALUES[counter])
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, names_of(scope, viewer))
        rows = cursor.fetchall()
    return [
        CaseShare(case=reference.encode("CASE", number), number=number, part=part, proceedings=proceedings)
        for number, part, proceedings in rows
    ]
