"""Deadlines in Chinese working days (docs/adr/0016): make-up Saturdays count, public holidays do not."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Asia/Shanghai")


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")  # years are added when they are asked for


def end_of_working_day(start: datetime, *, days: int) -> datetime:
    """Return the end (midnight in Shanghai, exclusive) of the `days`-th working day after the day of `start`."""
    day, left = start.astimezone(ZONE).date(), days
    while left:
        day += timedelta(days=1)
        left -= _calendar().is_working_day(day)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)


def working_days_left(due_at: datetime, *, now: datetime) -> int | None:
    """Return how many working days follow today's before `due_at`, its end exclusive; None when it is over.

    0 is the last day. A clock that runs over a holiday says what people count: the days on which they work.
    """
    if now >= due_at:
        return None
    day, last, left = now.astimezone(ZONE).date(), due_at.astimezone(ZONE).date(), 0
    while (day := day + timedelta(days=1)) < last:
        left += _calendar().is_working_day(day)
    return left


def first_working_day(day: date) -> date:
    """Return the day itself, or the first working day after it."""
    while not _calendar().is_working_day(day):
        day += timedelta(days=1)
    return day
