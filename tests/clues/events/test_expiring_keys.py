"""Warnings before a key ends: 30, 7 and 1 days, once each, to its own institution."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from clues.events import KEY_EXPIRING, expiring_keys
from clues.models import Event
from members.models import Credential
from members.operations import credentials
from tests.factories import CONSOLE, acting_as, make_institution, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def start() -> datetime:
    return timezone.now()


def warned(now: datetime) -> int:
    with acting_as("aif_match"):
        return expiring_keys.warn(now=now)


def days_warned(start: datetime, *, until: int) -> list[int]:
    """Return the days, counted from the start, on which somebody was warned; looking thrice a day."""
    found = []
    for third in range(until * 3):
        if warned(start + timedelta(hours=8 * third, seconds=1)):
            found.append(third // 3)
    return found


def test_thirty_seven_and_one_day_before(start: datetime) -> None:
    institution = make_institution()
    key = make_key(institution, expires_at=start + timedelta(days=100))
    assert days_warned(start, until=110) == [70, 93, 99]
    with acting_as("aif_match"):
        rows = list(Event.objects.values_list("institution_id", "kind", "subject_kind", "subject_id", "seq"))
    assert rows == [(institution.pk, KEY_EXPIRING, "K", Credential.objects.get(key_id=key.id).pk, None)] * 3


def test_a_key_made_for_a_week_has_one_day(start: datetime) -> None:
    make_key(make_institution(), expires_at=start + timedelta(days=6))
    assert days_warned(start, until=10) == [5]


def test_what_was_missed_is_said_once(start: datetime) -> None:
    make_key(make_institution(), expires_at=start + timedelta(days=100))
    assert warned(start + timedelta(days=99, hours=12)) == 1
    assert warned(start + timedelta(days=99, hours=13)) == 0


@pytest.mark.parametrize("change", ["revoked", "suspended", "ended"])
def test_nothing_of_keys_that_open_nothing(start: datetime, change: str) -> None:
    at = start + timedelta(days=101 if change == "ended" else 95)
    institution = make_institution()
    key = make_key(institution, expires_at=start + timedelta(days=100))
    with acting_as("aif_desk"):
        if change == "revoked":
            row = Credential.objects.get(key_id=key.id)
            credentials.revoke(credential_id=row.pk, reason="x", by=CONSOLE, now=start)
        if change == "suspended":
            type(institution).objects.filter(pk=institution.pk).update(
                state="suspended", suspended_at=start, suspended_reason="x"
            )
    assert warned(at) == 0


def test_a_rotated_key_ends_within_seven_days(start: datetime) -> None:
    """The old one keeps saying so: a program that still uses it is about to stop."""
    key = make_key(make_institution(), expires_at=start + timedelta(days=100))
    row = Credential.objects.get(key_id=key.id)
    with acting_as("aif_desk"):
        credentials.rotate(credential_id=row.pk, key_id="abcd1234", verifier="a" * 64, by=CONSOLE, now=start)
    assert days_warned(start, until=10) == [0, 6]
