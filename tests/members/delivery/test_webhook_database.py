"""A database that is lost while webhooks are sent: nothing that an endpoint did, and nothing is lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, connection

from members.delivery import webhook_message
from members.delivery.webhooks import Sender
from members.models import WebhookDelivery
from members.operations import webhook_outcomes
from tests.factories import acting_as
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.sending import endpoint_of, queue, register, states


def be_refused(**_asked: object) -> Any:
    """Ask for what is not there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")


def be_closed(**_asked: object) -> Any:
    """Ask over a connection that is closed."""
    with connection.cursor() as cursor:
        connection.connection.close()
        cursor.execute("SELECT 1")


@pytest.mark.parametrize(("describe", "error"), [(be_refused, DatabaseError), (be_closed, InterfaceError)])
def test_it_is_no_failure_of_the_endpoint(
    member: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, describe: Any, error: type[Exception]
) -> None:
    """The same sender delivers it once the claim has ended, over another connection."""
    made = register(member, receiver.url("/ok"))
    ids = queue(made)
    sender = Sender(settle=webhook_outcomes.settle, lease_seconds=0.1)
    with acting_as("aif_match"):
        with monkeypatch.context() as lost:
            lost.setattr(webhook_message, "_describe", lambda: describe)
            with pytest.raises(error):
                sender.turn()
        connection.close()
    assert sender.under_way == 0
    endpoint = endpoint_of(made)
    assert (endpoint.failures, endpoint.last_failure_at) == (0, None)
    assert WebhookDelivery.objects.get().last_error == ""
    time.sleep(0.1)
    with acting_as("aif_match"):
        assert sender.turn() == 1
        sender.close()
    assert states(ids) == ["delivered"] and endpoint_of(made).failures == 0
