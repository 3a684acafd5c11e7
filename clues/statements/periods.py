"""Months and quarters of Shanghai, and when the statement of one is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clues.reports.figures import ZONE, day_of

DAYS_AFTER: Final = 4
"""So many days after the period the statement is made: what happened on its last days is recorded until then."""


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `since` on, before the day `until`."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until - timedelta(days=1)

    @property
    def due(self) -> date:
        """The first day on which its statement is made."""
        return self.until + timedelta(days=DAYS_AFTER)


def month_of(day: date) -> Period:
    """Return the month that a day falls in."""
    first = day.replace(day=1)
    return Period(first, _later(first, 1))


def quarter_of(day: date) -> Period:
    """Return the quarter that a day falls in."""
    first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return Period(first, _later(first, 3))


def last_due(now: datetime, *, quarter: bool = False) -> Period:
    """Return the last month, or quarter, whose statement is due."""
    of, day = quarter_of if quarter else month_of, day_of(now)
    period = of(day)
    while period.due > day:
        period = of(period.since - timedelta(days=1))
    return period


def begin_of(day: date) -> datetime:
    """Return the moment at which a day begins."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(ZONE))


def _later(first: date, months: int) -> date:
    turn = first.month - 1 + months
    return date(first.year + turn // 12, turn % 12 + 1, 1)
