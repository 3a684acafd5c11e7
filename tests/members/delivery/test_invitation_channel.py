"""The letter of an invitation: both languages, the link, and nothing where there is no mail server."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.core import mail
from django.utils import timezone

from members.delivery import outbox
from members.delivery.channels import invitation as channel
from members.models import OutboxMessage
from members.operations import invitations
from tests.factories import CONSOLE, make_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.AIF_PUBLIC_URL = "https://aif.example.org"
    return invitations.invite(
        institution_id=make_institution("Aster Bank").pk,
        role="auditor",
        full_name="Dora Doe",
        email="dora@example.org",
        by=CONSOLE,
        now=timezone.now(),
    )


def test_the_worker_sends_it(invited, as_role):
    _made, token = invited
    with as_role("aif_match"):
        OutboxMessage.objects.exclude(channel="invitation").delete()
        assert outbox.deliver_next(now=timezone.now()) is True
    (letter,) = mail.outbox
    assert letter.to == ["dora@example.org"]
    assert letter.body.count(f"https://aif.example.org/portal/invitation/{token}") == 2
    assert "Aster Bank invites you" in letter.body and "邀请您使用" in letter.body


def test_without_a_mail_server_nothing_is_sent(invited, as_role, settings):
    settings.EMAIL_BACKEND = ""
    with as_role("aif_match"):
        row = OutboxMessage.objects.get(channel="invitation")
    channel.deliver(row.destination, row.payload)
    assert mail.outbox == []


def test_a_seal_opens_for_its_own_invitation_only(invited, as_role):
    with as_role("aif_match"):
        row = OutboxMessage.objects.get(channel="invitation")
    with pytest.raises(InvalidTag):
        channel.deliver(row.destination, {**row.payload, "invitation": "V-another"})
    assert mail.outbox == []
