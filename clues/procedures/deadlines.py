"""Statutory deadlines of entries, in calendar days as the procedural codes count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from aif_share.vocabulary.tracks import RECEIPT, Deadline
from clues.working_days import ZONE, first_working_day


def due_date(deadline: Deadline, *, on: date, received: date | None) -> date:
    """Return the last day on which the deadline is met: the day it runs from is not counted, a day off moves it on.

    刑事诉讼法 art. 105. Without a date of receipt it runs from the entry's own date, which is never later.
    """
    start = received if deadline.runs_from == RECEIPT and received is not None else on
    return first_working_day(start + timedelta(days=deadline.days))


def today(now: datetime) -> date:
    """Return the day in China."""
    return now.astimezone(ZONE).date()
