"""When something is due: the urgent clock runs around the clock, the normal one in Chinese working days."""

from __future__ import annotations

from datetime import datetime, timedelta

from aif_share.vocabulary import request_clocks
from clues.working_days import end_of_working_day


def due_at(clock: str, *, start: datetime) -> datetime | None:
    """Return when a clock (a code, empty for none) that starts at `start`, when the receiver can see the request, runs out."""
    if not clock:
        return None
    row = request_clocks.BY_CODE[clock]
    if row.minutes:
        return start + timedelta(minutes=row.minutes)
    return end_of_working_day(start, days=row.working_days)
