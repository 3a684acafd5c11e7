"""A web process whose own clock is wrong, either way: the clock of the database counts."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from clues.matching import turns
from clues.models import Batch
from config.stack.postgres import connected
from members.row_security import act_for, context, leave
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member
from tests.factories import acting_as

SKEWED = pytest.mark.parametrize("seconds", [-600, 600])


@pytest.fixture
def skew(monkeypatch: Any) -> Any:
    """`skew(-600)`: from now on this process is ten minutes late."""
    now, seconds = timezone.now, time.time

    def by(wrong: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(seconds=wrong))
        monkeypatch.setattr(time, "time", lambda: seconds() + wrong)

    return by


@SKEWED
def test_batches_are_taken_and_bear_the_right_time(aster: Member, ring: list[int], skew: Any, seconds: int) -> None:
    """Red if `received_at` is the web process's: its own batches would look ten minutes old and turn away the next."""
    right = timezone.now()
    skew(seconds)
    for number in range(2):
        answer = aster.submit([clue(token(f"clock-{number}"))])
        assert answer.status_code == 202, answer.json()
    for batch in Batch.objects.filter(idempotency_key__isnull=False).order_by("-id")[:2]:
        assert abs(batch.received_at - right) < timedelta(seconds=60)


@SKEWED
def test_a_context_ends_by_the_clock_of_the_database(aster: Member, skew: Any, seconds: int) -> None:
    """Red if this process's clock signs it: late, it could do nothing at all; early, it would be good for minutes too long."""
    right = time.time()
    skew(seconds)
    act_for(institution=1)
    value = context.signed(10_000 + seconds, connection.database_time)  # another server process each: values are kept
    leave()
    assert 0 < int(value.split(".")[2]) - right - context.LIVES_S + 5 < 60


def test_a_job_does_not_wait_for_the_day_a_wrong_clock_wrote() -> None:
    with acting_as("aif_match"):
        assert turns.claim(name="clock-test", every_seconds=60, now=timezone.now() + timedelta(minutes=10))
        assert turns.claim(name="clock-test", every_seconds=60, now=timezone.now())
        assert not turns.claim(name="clock-test", every_seconds=60, now=timezone.now())


def test_a_server_that_is_gone_is_no_error_of_ours(fresh_database: str, database_server: Any) -> None:
    """Red if the clock is asked beside Django: what psycopg2 raises itself is answered with 500, not 503."""
    name = connection.settings_dict["NAME"]
    connection.ensure_connection()
    with connected(database_server.superuser_url(name)) as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )
    connection.clock = None
    with pytest.raises(OperationalError):
        connection.database_time()
    connection.close()
