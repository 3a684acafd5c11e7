"""What the processes stand on: clocks, the broker, the log, and the seals of screenings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from clues.doctor.finding import Finding, good, unsure, wrong
from clues.models import Screening
from members.audit import homes, witnesses

CLOCKS_APART: Final = timedelta(seconds=2)
LOG_LATE: Final = timedelta(minutes=1)
SEAL_LATE: Final = timedelta(minutes=1)


def look() -> Iterator[Finding]:
    """Yield what was found."""
    yield _clocks()
    yield _broker()
    yield from _log()
    yield _seals()


def _clocks() -> Finding:
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    apart = max(before - at, at - timezone.now(), timedelta(0))
    if apart > CLOCKS_APART:
        return wrong(
            "clocks", f"this machine and the database are {apart.total_seconds():.0f} s apart",
            "Keep both by NTP: matches show by the database's clock, one-time codes and keys end by this one's.",
        )  # fmt: skip
    return good("clocks", "this machine and the database agree on the time")


def _broker() -> Finding:
    # Celery's form of a socket's address, without what is only the broker's.
    address = settings.CELERY_BROKER_URL.replace("redis+socket:", "unix:").partition("?")[0]
    try:
        redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2).ping()
    except redis.RedisError:
        return unsure(
            "broker", "Redis does not answer",
            "Nothing is lost: workers look by themselves every two seconds. Start it again.",
        )  # fmt: skip
    return good("broker", "Redis answers")


def _log() -> Iterator[Finding]:
    now = timezone.now()
    state, waiting_since = witnesses.look(now)
    if not homes.is_home():
        yield wrong(
            "log.home", "the database was restored or moved, and nothing is signed until somebody says what it lost",
            "Ask members for their checkpoints, then run `manage.py declare_restore` (docs/backup.md).",
        )  # fmt: skip
    if state.signed_at is None or (waiting_since is not None and now - waiting_since > LOG_LATE):
        yield wrong(
            "log.sequencer", "events wait for their place in the transparency log",
            "Start `manage.py sequence_log` with AIF_LOG_KEY and the login aif_audit.",
        )  # fmt: skip
    else:
        yield good("log.sequencer", f"{state.size} events are signed")
    if state.is_cut:
        yield wrong(
            "log.witnesses", f"an institution keeps a checkpoint of {state.kept} events, and the log has {state.size}",
            "The log's end was taken off. Ask members for their checkpoints; after a restore, `manage.py declare_restore`.",
        )  # fmt: skip
    elif state.is_witnessed:
        yield good(
            "log.witnesses",
            f"{state.recent} institutions looked in the last 24 hours; {state.unwitnessed} of {state.size} events are unwitnessed",
        )
    else:
        yield unsure(
            "log.witnesses", f"{state.recent} institutions looked in the last 24 hours, and two should; the log's last "
            f"{state.unwitnessed} of {state.size} events are unwitnessed",
            "Ask members to run `aif-share audit verify` daily: without them a cut end of the log is not noticed.",
        )  # fmt: skip


def _seals() -> Finding:
    late = Screening.objects.filter(event_id=None, screened_at__lt=timezone.now() - SEAL_LATE)
    if late.exists():
        return wrong(
            "log.screenings", "screenings wait for longer than a minute for the event that seals them",
            "Start a worker and see its log: until they are sealed, nobody could tell that one of them was taken out.",
        )  # fmt: skip
    return good("log.screenings", "every screening is sealed within its minute")
