"""When a mail may go: quiet hours, the daily digest, and the pause between two mails. Clock arithmetic, no database.

All of it in the time of Shanghai, which knows no summer time; moments come and go with a zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from members.models.notification import MailWay

ZONE: Final = ZoneInfo("Asia/Shanghai")
DIGEST_AT: Final = time(8, 30)
PAUSE: Final = timedelta(minutes=5)
"""Between two instant mails to one person: whatever comes meanwhile is told in the next one."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From the first moment to before the second one, over midnight if it must."""

    start: time
    end: time

    def end_after(self, moment: datetime) -> datetime | None:
        """Return when the quiet hours end that this moment falls in, None if it falls in none."""
        here = moment.astimezone(ZONE)
        clock = here.time().replace(tzinfo=None)
        today = here.replace(hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0)
        if self.start < self.end:
            return today if self.start <= clock < self.end else None
        if clock >= self.start:
            return today + timedelta(days=1)
        return today if clock < self.end else None


def make_quiet(start: time | None, end: time | None) -> QuietHours | None:
    """Return the hours of a person's setting, None if there are none."""
    return None if start is None or end is None else QuietHours(start, end)


def next_digest(moment: datetime) -> datetime:
    """Return the next moment of a digest behind this one."""
    here = moment.astimezone(ZONE)
    today = here.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    return today if here < today else today + timedelta(days=1)


def due_at(*, way: str, now: datetime, quiet: QuietHours | None, last_at: datetime | None) -> datetime:
    """Return when a mail of this way goes that becomes necessary now."""
    if way == MailWay.DIGEST:
        moment = next_digest(now)
    else:
        moment = now if last_at is None else max(now, last_at + PAUSE)
    if way != MailWay.URGENT and quiet is not None:
        return quiet.end_after(moment) or moment
    return moment
