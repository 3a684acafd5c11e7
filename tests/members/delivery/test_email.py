"""E-mail to one person: how many of what kind, why, and where to change it; never of what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from members.delivery import outbox
from members.models import OutboxMessage, User
from members.operations.notifications import set_preferences
from members.queries import person_of
from tests.factories import acting_as, make_institution, make_user

PAYLOAD = {"way": "digest", "counts": {"match.released": 3, "watch.hit": 1}, "id": "0b9f6a0e"}


@pytest.fixture
def ann(fresh_database: Any, settings: Any) -> User:
    """An analyst with an address, and a mail to her in the outbox."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    user = make_user("analyst", institution=make_institution("Aster"))
    with acting_as("aif_desk"):
        User.objects.filter(pk=user.pk).update(email="ann@example.org")
        outbox.enqueue(channel="email", destination="", payload=PAYLOAD | {"user_id": user.pk}, now=timezone.now())
    return user


def deliver() -> OutboxMessage:
    with acting_as("aif_match"):
        outbox.deliver_pending()
        return OutboxMessage.objects.get(channel="email")


def say(user: User, language: str) -> None:
    set_preferences(
        choices={},
        quiet=None,
        urgent_breaks_quiet=False,
        language=language,
        by=person_of(User.objects.get(pk=user.pk)),
        now=timezone.now(),
    )


def test_in_both_languages_to_who_never_said(ann: User) -> None:
    assert deliver().state == "done"
    (message,) = mail.outbox
    assert message.to == ["ann@example.org"] and message.bcc == []
    assert "New match: 3" in message.body and "碰撞命中: 3" in message.body
    assert "Aster" not in message.body and "ann" not in message.body
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Message-ID"].startswith("<0b9f6a0e@")


@pytest.mark.parametrize(
    ("language", "there", "absent"), [("en", "08:30", "碰撞命中"), ("zh-hans", "碰撞命中", "New match")]
)
def test_in_ones_own_language(ann: User, language: str, there: str, absent: str) -> None:
    say(ann, language)
    deliver()
    (message,) = mail.outbox
    assert there in message.body and absent not in message.body
    assert "/portal/notifications/preferences" in message.body


def test_who_left_gets_nothing(ann: User) -> None:
    with acting_as("aif_desk"):
        User.objects.filter(pk=ann.pk).update(is_active=False)
    assert deliver().state == "done"
    assert mail.outbox == []


def test_a_server_that_is_away_is_tried_again(ann: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    message = deliver()
    assert (message.state, message.attempts) == ("pending", 1)
    assert message.not_before > timezone.now()
    assert mail.outbox == []


def test_without_a_mail_server_nothing_waits(ann: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = ""
    assert deliver().state == "done"
    assert mail.outbox == []
