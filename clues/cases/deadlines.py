"""How long a case may stand where it stands: working days of the transition table, by the calendar of China."""

from __future__ import annotations

from datetime import datetime

from clues.working_days import end_of_working_day


def due_after(days: int | None, *, now: datetime) -> datetime | None:
    """Return the end of the `days`-th working day after today's, None where a case rests (`days` is None)."""
    return None if days is None else end_of_working_day(now, days=days)


def is_overdue(due_at: datetime | None, *, now: datetime) -> bool:
    """Whether the case should have moved on by now."""
    return due_at is not None and due_at <= now
