"""Nudges by e-mail: to the readers of the institution, saying how many and never what."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from members.delivery import outbox
from members.models import OutboxMessage
from members.operations.institutions import create_institution
from members.operations.users import create_user
from members.permissions import Console

BY = Console("tests")


@pytest.fixture
def institution(fresh_database: Any, as_role: Any, settings: Any) -> Any:
    """One institution with an analyst, a submitter (who does not read matches), and a stranger beside it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    with as_role("aif_desk"):
        ours, theirs = (
            create_institution(name=name, sector="bank", by=BY, now=timezone.now()) for name in ("Aster", "Birch")
        )
        for name, role, place in (("ann", "analyst", ours), ("sam", "submitter", ours), ("bea", "analyst", theirs)):
            create_user(
                username=name,
                role=role,
                institution_id=place.pk,
                email=f"{name}@example.org",
                by=BY,
                now=timezone.now(),
            )
        outbox.enqueue(
            channel="email",
            destination="",
            payload={"event": "match.released", "count": 3, "institution_id": ours.pk},
            institution_id=ours.pk,
            now=timezone.now(),
        )
    return ours


def deliver(as_role: Any) -> OutboxMessage:
    with as_role("aif_match"):
        outbox.deliver_pending()
        return OutboxMessage.objects.get(channel="email")


def test_only_readers_of_the_institution_get_it(institution: Any, as_role: Any) -> None:
    assert deliver(as_role).state == "done"
    (message,) = mail.outbox
    assert message.bcc == ["ann@example.org"] and message.to == []
    assert "3" in message.body and "match.released" in message.body
    assert "Birch" not in message.body


def test_a_server_that_is_away_is_tried_again(institution: Any, as_role: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    message = deliver(as_role)
    assert (message.state, message.attempts) == ("pending", 1)
    assert message.not_before > timezone.now()
    assert mail.outbox == []


def test_without_a_mail_server_nothing_waits(institution: Any, as_role: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = ""
    assert deliver(as_role).state == "done"
    assert mail.outbox == []
