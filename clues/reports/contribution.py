"""What an institution brought in and what came of it, and the weeks of the alliance, for people.

The sums are the job's (clues/reports/figures.py) and what came since its last run: exact, and cheap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Sum

from clues.matching import facts
from clues.models import AllianceWeek, Batch, CategoryFigure, DailyFigure, InstitutionFigure
from clues.reports.figures import ZONE, day_of
from members.permissions import Viewer

DAYS, WEEKS = 7, 12
LEAST_INSTITUTIONS = 5
"""A sum of fewer tells each of them too much of the others."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

MATCHES_SINCE = f"""
SELECT ({facts.sql_told_at("p")} AT TIME ZONE %(zone)s)::date, count(*) FROM match_party p
WHERE institution_id = %(institution)s AND released_at > %(since)s AND released_at <= clock_timestamp()
    AND {facts.sql_told_at("p")} > %(since)s AND {facts.sql_is_first("p")} GROUP BY 1
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True, slots=True)
class Contribution:
    """Sums over all batches of an institution; `working` are the batches still on their way.

    `matched`, `unique` and `categories` are of the moment `as_of`, None before the first run of the job.
    """

    batches: int
    accepted: int
    duplicates: int
    refused: int
    working: int
    as_of: datetime | None
    matched: int
    unique: int
    categories: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many matches an institution was told of on a day."""

    day: date
    matches: int


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the alliance by its Monday, rounded; None is too few institutions to say."""

    monday: date
    clues: int | None
    matches: int | None


def get_contribution(*, viewer: Viewer) -> Contribution:
    """Return what the viewer's institution brought in."""
    own = {"institution_id": viewer.institution_id}
    figure = InstitutionFigure.objects.filter(**own).first()
    sums = ("batches", "accepted", "duplicates", "refused")
    kept = DailyFigure.objects.filter(**own).aggregate(**{name: Sum(name) for name in sums})
    later = Batch.objects.filter(**own, done_at__gt=figure.as_of if figure else NEVER).aggregate(
        batches=Count("pk"), accepted=Sum("accepted"), duplicates=Sum("duplicates"), refused=Sum("refused")
    )
    return Contribution(
        **{name: int(kept[name] or 0) + int(later[name] or 0) for name in sums},
        working=Batch.objects.filter(**own, state__in=(Batch.RECEIVED, Batch.PROCESSING)).count(),
        as_of=figure.as_of if figure else None,
        matched=figure.matched if figure else 0,
        unique=figure.unique if figure else 0,
        categories=tuple(
            CategoryFigure.objects.filter(**own).order_by("-clues", "category").values_list("category", "clues")
        ),
    )


def list_days(*, viewer: Viewer, now: datetime) -> list[DayCount]:
    """Return how many matches the institution was told of on each of the last seven days, today being the last."""
    days = [day_of(now) - timedelta(days=back) for back in reversed(range(DAYS))]
    own = {"institution_id": viewer.institution_id}
    as_of = InstitutionFigure.objects.filter(**own).values_list("as_of", flat=True).first() or NEVER
    counts = dict(DailyFigure.objects.filter(**own, day__gte=days[0]).values_list("day", "matches"))
    start = max(as_of, now - timedelta(days=DAYS + 1))
    with connection.cursor() as cursor:
        cursor.execute(MATCHES_SINCE, {"institution": viewer.institution_id, "since": start, "zone": ZONE})
        for day, count in cursor.fetchall():
            counts[day] = counts.get(day, 0) + count
    return [DayCount(day, counts.get(day, 0)) for day in days]


def list_weeks(*, now: datetime) -> list[Week]:
    """Return the last full weeks of the alliance, oldest first, each sum rounded and only of enough institutions."""
    today = day_of(now)
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(1, WEEKS + 1))]
    found = {week.monday: week for week in AllianceWeek.objects.filter(monday__gte=mondays[0])}
    return [_week(monday, found.get(monday)) for monday in mondays]


def round_sum(number: int) -> int:
    """Return a number with two figures that count: what one institution did does not show in it."""
    digits = max(len(str(number)) - 2, 1)
    return round(number, -digits)


def _week(monday: date, row: AllianceWeek | None) -> Week:
    if row is None:
        return Week(monday, None, None)
    return Week(
        monday,
        round_sum(row.clues) if row.clue_institutions >= LEAST_INSTITUTIONS else None,
        round_sum(row.matches) if row.match_institutions >= LEAST_INSTITUTIONS else None,
    )
