"""The end of the fifth Chinese working day, against the State Council's calendar of 2026 written out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clues.working_days import ZONE, end_of_working_day


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-02", "2026-11-10"),  # a Monday: Tuesday to Monday
        ("2026-11-06", "2026-11-14"),  # a Friday: Monday to Friday
        ("2026-11-07", "2026-11-14"),  # a Saturday counts as little as the Friday before
        ("2026-02-12", "2026-02-27"),  # Spring Festival 15 to 23 February; Saturdays 14 and 28 are worked
        ("2026-09-30", "2026-10-14"),  # National Day 1 to 7; 8, 9, Saturday 10, 12, 13
        ("2026-04-30", "2026-05-12"),  # Labor Day 1 to 5; 6, 7, 8, Saturday 9, 11
    ],
)
def test_due(opened: str, due: str) -> None:
    """Due at the midnight with which that day begins, so the day before is the last one."""
    for hour in (0, 10, 23):
        assert end_of_working_day(at(opened, hour), days=5) == at(due, 0)


def test_the_day_is_the_one_in_shanghai() -> None:
    sunday_night, before = (datetime(2026, 11, 1, *time, tzinfo=UTC) for time in ((16, 0), (15, 59)))
    assert end_of_working_day(sunday_night, days=5) == end_of_working_day(at("2026-11-02"), days=5)
    assert end_of_working_day(before, days=5) == at("2026-11-07", 0)
