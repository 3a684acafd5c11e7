"""The worker records what came of attempts while the member changes the endpoint: both take their locks in one order."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from members.delivery.webhook_request import Result
from members.delivery.webhooks import Claimed, Outcome
from members.models import WebhookEndpoint
from members.operations import webhook_outcomes, webhooks
from tests.factories import acting_as
from tests.members.delivery.sending import queue, register, states

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')"


def test_an_endpoint_can_be_deleted_while_an_outcome_is_recorded(member: Any) -> None:
    made = register(member, "https://hooks.example/x")
    (number,) = queue(made)
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("UPDATE webhook_delivery SET attempts = 1 WHERE id = %s", [number])
    outcome = Outcome(
        Claimed(number, made.endpoint.id, member.institution_id, 1), Result("", status=204), timezone.now()
    )
    failed: list[Exception] = []

    def settle() -> None:
        try:
            with acting_as("aif_match"):
                webhook_outcomes.settle([outcome])
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    settling = threading.Thread(target=settle)
    with transaction.atomic():
        WebhookEndpoint.objects.select_for_update().get(pk=made.endpoint.id)  # as each operation of the member begins
        settling.start()
        end = time.monotonic() + 10
        while not _waiting() and time.monotonic() < end:
            time.sleep(0.01)
        webhooks.delete(webhook=made.endpoint.webhook, version=1, by=member, now=timezone.now())
    settling.join(10)
    assert not failed and not settling.is_alive()
    assert states([number]) == ["dead"]


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])
