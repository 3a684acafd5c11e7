"""From the news of an institution to one mail a person: who, when, bundled, never lost and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from members.delivery import channels, mails, notifications, outbox
from members.delivery.notification_times import ZONE
from members.models import Institution, NotificationPreference, NotificationSetting, OutboxMessage, User, WaitingMail
from members.operations.notifications import set_preferences
from members.operations.users import deactivate, set_role
from members.queries import person_of
from tests.factories import CONSOLE, acting_as, make_institution, make_user

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE).astimezone(UTC)
NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=ZONE).astimezone(UTC)
SEVEN = datetime(2026, 11, 24, 7, 0, tzinfo=ZONE).astimezone(UTC)
DIGEST = datetime(2026, 11, 24, 8, 30, tzinfo=ZONE).astimezone(UTC)
QUIET = (time(22, 0), time(7, 0))


@pytest.fixture
def aster() -> Institution:
    return make_institution("Aster")


def person(role: str, institution: Institution, *, email: str | None = "given@example.org") -> User:
    user = make_user(role, institution=institution)
    with acting_as("aif_desk"):
        User.objects.filter(pk=user.pk).update(email=email or "")
    return user


def choose(user: User, *, quiet: Any = None, breaks: bool = False, **mail: str) -> None:
    choices = {kind.replace("_", "."): (True, how) for kind, how in mail.items()}
    set_preferences(
        choices=choices, quiet=quiet, urgent_breaks_quiet=breaks, language="en", by=person_of(user), now=MORNING
    )


def happen(institution: Institution, kind: str, count: int = 1, *, now: datetime = MORNING) -> int:
    with acting_as("aif_match"):
        return notifications.gather(institution_id=institution.pk, kind=kind, count=count, now=now)


def post(now: datetime) -> list[tuple[int, str, dict[str, int]]]:
    """Post what is due; return (user, way, counts) of what was put into the outbox by that."""
    with acting_as("aif_match"):
        before = set(OutboxMessage.objects.values_list("pk", flat=True))
        number = mails.post_due(now=now)
        rows = OutboxMessage.objects.exclude(pk__in=before).order_by("id")
        found = [(row.payload["user_id"], row.payload["way"], row.payload["counts"]) for row in rows]
    assert number == len(found)
    return found


def test_readers_of_the_institution_with_an_address(aster: Institution) -> None:
    birch = make_institution("Birch")
    ann = person("analyst", aster)
    person("analyst", aster, email=None)
    person("submitter", aster)  # reads no matches
    person("analyst", birch)
    gone = person("analyst", aster)
    with acting_as("aif_desk"):
        deactivate(user_id=gone.pk, reason="left", by=CONSOLE, now=MORNING)
    assert happen(aster, "match.released", 3) == 1
    assert post(MORNING) == [(ann.pk, "instant", {"match.released": 3})]


def test_a_tick_is_one_mail_and_five_minutes_are_the_next(aster: Institution) -> None:
    ann = person("analyst", aster)
    happen(aster, "match.released", 3)
    happen(aster, "watch.hit", 1)
    assert post(MORNING) == [(ann.pk, "instant", {"match.released": 3, "watch.hit": 1})]
    for second in (1, 60, 200):
        happen(aster, "match.released", 2, now=MORNING + timedelta(seconds=second))
        assert post(MORNING + timedelta(seconds=second)) == []
    assert post(MORNING + timedelta(minutes=5)) == [(ann.pk, "instant", {"match.released": 6})]
    assert post(MORNING + timedelta(days=3)) == []


def test_quiet_hours_hold_everything_but_what_may_break_them(aster: Institution) -> None:
    calm, alert = person("analyst", aster), person("analyst", aster)
    choose(calm, quiet=QUIET)
    choose(alert, quiet=QUIET, breaks=True)
    happen(aster, "match.released", 1, now=NIGHT)
    happen(aster, "watch.hit", 1, now=NIGHT)
    assert post(NIGHT) == [(alert.pk, "urgent", {"watch.hit": 1})]
    assert post(SEVEN - timedelta(seconds=1)) == []
    assert post(SEVEN) == [
        (calm.pk, "instant", {"match.released": 1, "watch.hit": 1}),
        (alert.pk, "instant", {"match.released": 1}),
    ]


def test_quiet_hours_set_meanwhile_hold_too(aster: Institution) -> None:
    ann = person("analyst", aster)
    happen(aster, "match.released", now=NIGHT)
    choose(ann, quiet=QUIET)
    assert post(NIGHT) == []
    assert len(post(SEVEN)) == 1


def test_the_digest_sums_a_day_up_once(aster: Institution) -> None:
    ann = person("analyst", aster)
    choose(ann, match_released="digest", watch_hit="off")
    for hour in range(12):
        happen(aster, "match.released", 1, now=MORNING + timedelta(hours=hour))
        happen(aster, "watch.hit", 1, now=MORNING + timedelta(hours=hour))
        assert post(MORNING + timedelta(hours=hour)) == []
    assert post(DIGEST - timedelta(seconds=1)) == []
    assert post(DIGEST) == [(ann.pk, "digest", {"match.released": 12})]
    assert post(DIGEST + timedelta(days=1)) == [], "a day without news is a day without a mail"


@pytest.mark.parametrize("change", ["off", "role", "left", "suspended", "address"])
def test_who_is_told_is_judged_again_when_the_mail_goes(aster: Institution, change: str) -> None:
    ann = person("analyst", aster)
    choose(ann, match_released="digest")
    happen(aster, "match.released")
    with acting_as("aif_desk"):
        if change == "role":
            set_role(user_id=ann.pk, role="submitter", reason="moved", by=CONSOLE, now=MORNING)
        if change == "left":
            deactivate(user_id=ann.pk, reason="left", by=CONSOLE, now=MORNING)
        if change == "address":
            User.objects.filter(pk=ann.pk).update(email="")
        if change == "suspended":
            Institution.objects.filter(pk=aster.pk).update(
                state="suspended", suspended_at=MORNING, suspended_reason="test"
            )
    if change == "off":
        choose(ann, match_released="off")
    assert post(DIGEST) == []
    with acting_as("aif_match"):
        assert list(WaitingMail.objects.values_list("due_at", "counts")) == [(None, {})]


def test_a_crash_loses_nothing_and_doubles_nothing(aster: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = person("analyst", aster)
    with acting_as("aif_match"):
        OutboxMessage.objects.all().delete()  # what tells the custodian of Aster
        outbox.enqueue(
            channel="notice",
            destination="",
            payload={"event": "match.released", "count": 4, "institution_id": aster.pk},
            institution_id=aster.pk,
            now=MORNING,
        )
        deliver = channels.get_channel("notice").deliver

        def die_after(destination: str, payload: Any) -> None:
            deliver(destination, payload)
            raise KeyboardInterrupt  # killed between the work and its commit

        monkeypatch.setattr(channels.get_channel("notice"), "deliver", die_after)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            outbox.deliver_next(now=MORNING)
        assert not WaitingMail.objects.exists()
        monkeypatch.setattr(channels.get_channel("notice"), "deliver", deliver)
        assert outbox.deliver_next(now=MORNING) is True
        later = datetime.now(UTC) + timedelta(days=1)
        # Killed between posting and the commit: nothing is in the outbox, everything waits.
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            assert mails.post_due(now=later) == 1
            raise KeyboardInterrupt
        assert not OutboxMessage.objects.filter(channel="email").exists()
        assert mails.post_due(now=later) == 1
        assert mails.post_due(now=later) == 0
        (mail,) = OutboxMessage.objects.filter(channel="email")
    assert mail.payload["counts"] == {"match.released": 4} and mail.payload["user_id"] == ann.pk


def test_the_outbox_knows_no_address(aster: Institution) -> None:
    person("analyst", aster, email="somebody@example.org")
    happen(aster, "match.released")
    post(MORNING)
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(m::text, '') FROM outbox_message m")
        assert "example.org" not in cursor.fetchone()[0]


def test_an_unknown_kind_is_nobodys_news(aster: Institution) -> None:
    person("analyst", aster)
    assert happen(aster, "no.such.kind") == 0
    assert happen(aster, "match.released", 0) == 0
    assert not NotificationPreference.objects.exists() and not NotificationSetting.objects.exists()
