"""Backups: that there is a recent one, and that the log of what happened since is archived (docs/backup.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from clues.doctor.finding import Finding, good, unsure, wrong
from members.operations import backups

LATE: Final = timedelta(hours=26)
"""A day, and the time that a daily backup takes."""
FIX: Final = "Run `python -m config.backup keep` as a service, and see what it says (docs/backup.md)."


def look() -> Iterator[Finding]:
    """Yield what was found."""
    yield _age()
    yield _archive()


def _age() -> Finding:
    newest, now = backups.get_newest(), timezone.now()
    if newest is None:
        said = "no backup was ever taken"
    elif now - newest > LATE:
        said = f"the newest backup is {(now - newest).total_seconds() / 3600:.0f} hours old"
    else:
        return good("backups.age", f"the newest backup is {(now - newest).total_seconds() / 3600:.0f} hours old")
    return wrong("backups.age", said, FIX) if settings.PRODUCTION else unsure("backups.age", said, FIX)


def archiver() -> tuple[str, datetime | None, datetime | None]:
    """Return archive_mode, and when the server last archived a segment, and failed to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('archive_mode'), last_archived_time, last_failed_time FROM pg_stat_archiver"
        )
        mode, archived, failed = cursor.fetchone()
    return str(mode), archived, failed


def _archive() -> Finding:
    mode, archived, failed = archiver()
    if mode == "off":
        return unsure(
            "backups.archive", "PostgreSQL archives nothing, so a lost disk loses all since the last base backup",
            "Set archive_mode and archive_command, or say in your plan how you restore.",
        )  # fmt: skip
    if failed and (archived is None or failed > archived):
        return wrong(
            "backups.archive", "the last attempt to archive failed",
            "See the server's log: its disk fills up, and what happens now is in no backup.",
        )  # fmt: skip
    if archived is None or timezone.now() - archived > LATE:
        return unsure("backups.archive", "nothing was archived for a day", "See whether anything was written since.")
    return good("backups.archive", "PostgreSQL archives")
