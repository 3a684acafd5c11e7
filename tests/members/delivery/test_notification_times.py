"""The clock of notices, by table, in the time of Shanghai: quiet hours, also over midnight, the digest, the pause."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from members.delivery.notification_times import PAUSE, ZONE, QuietHours, due_at, next_digest

NIGHT = QuietHours(time(22, 0), time(7, 30))
NOON = QuietHours(time(12, 0), time(14, 0))
ALL_BUT_A_MINUTE = QuietHours(time(8, 31), time(8, 30))


def at(text: str) -> datetime:
    """`22 23:59` is that moment of a November, in Shanghai, as the platform keeps it: in UTC."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "end"),
    [
        (NIGHT, "22 21:59:59", None),
        (NIGHT, "22 22:00", "23 07:30"),
        (NIGHT, "22 23:59:59", "23 07:30"),
        (NIGHT, "23 00:00", "23 07:30"),
        (NIGHT, "23 07:29:59", "23 07:30"),
        (NIGHT, "23 07:30", None),
        (NOON, "22 11:59", None),
        (NOON, "22 12:00", "22 14:00"),
        (NOON, "22 13:59:59", "22 14:00"),
        (NOON, "22 14:00", None),
        (ALL_BUT_A_MINUTE, "22 08:30:59", None),
        (ALL_BUT_A_MINUTE, "22 08:31", "23 08:30"),
    ],
)
def test_quiet_hours_end(hours: QuietHours, moment: str, end: str | None) -> None:
    assert hours.end_after(at(moment)) == (None if end is None else at(end))


@pytest.mark.parametrize(
    ("moment", "digest"),
    [("22 00:00", "22 08:30"), ("22 08:29:59", "22 08:30"), ("22 08:30", "23 08:30"), ("22 23:00", "23 08:30")],
)
def test_the_next_digest(moment: str, digest: str) -> None:
    assert next_digest(at(moment)) == at(digest)


@pytest.mark.parametrize(
    ("way", "now", "quiet", "last", "due"),
    [
        ("instant", "22 10:00", None, None, "22 10:00"),
        ("instant", "22 10:00", NIGHT, "22 09:58", "22 10:03"),
        ("instant", "22 10:00", NIGHT, "22 09:00", "22 10:00"),
        ("instant", "22 23:00", NIGHT, None, "23 07:30"),
        # The pause leads into the quiet hours.
        ("instant", "22 21:58", NIGHT, "22 21:57", "23 07:30"),
        ("urgent", "22 23:00", NIGHT, None, "22 23:00"),
        ("urgent", "22 23:00", NIGHT, "22 22:59", "22 23:04"),
        ("digest", "22 10:00", None, None, "23 08:30"),
        ("digest", "22 10:00", None, "22 08:30", "23 08:30"),
        ("digest", "22 08:00", None, "21 08:30", "22 08:30"),
        ("digest", "22 10:00", QuietHours(time(22, 0), time(9, 0)), None, "23 09:00"),
    ],
)
def test_when_a_mail_goes(way: str, now: str, quiet: QuietHours | None, last: str | None, due: str) -> None:
    assert timedelta(minutes=5) == PAUSE
    found = due_at(way=way, now=at(now), quiet=quiet, last_at=None if last is None else at(last))
    assert found == at(due)
