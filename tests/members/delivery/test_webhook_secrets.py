"""Secrets of webhooks: sealed at rest, and two of them for a day after a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.utils import timezone

from members.delivery import webhook_message
from members.operations import webhooks
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.sending import endpoint_of, queue, register, send, states


def test_both_secrets_sign_for_a_day(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url())
    rotated = webhooks.rotate_secret(webhook=made.endpoint.webhook, by=member, now=timezone.now())
    ids = queue(made)
    send(lambda: states(ids) == ["delivered"])
    (got,) = receiver.requests
    assert len(got.headers["webhook-signature"].split()) == 2
    assert got.verified(made.secret) == got.verified(rotated.secret)
    webhooks.rotate_secret(webhook=made.endpoint.webhook, by=member, now=timezone.now() - timedelta(hours=24))
    again = queue(made)
    send(lambda: states(again) == ["delivered"])
    assert len(receiver.requests[-1].headers["webhook-signature"].split()) == 1


def test_secrets_are_sealed_at_rest(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url())
    stored = bytes(endpoint_of(made).secret)
    assert made.secret.encode() not in stored and made.secret not in repr(made)
    assert webhook_message.unseal_secret(stored, institution_id=member.institution_id) == made.secret
    with pytest.raises(InvalidTag):
        webhook_message.unseal_secret(stored, institution_id=member.institution_id + 1)
