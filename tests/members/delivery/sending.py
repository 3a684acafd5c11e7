"""Register, queue and send webhooks as the API, the release and the worker do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from members.delivery.webhooks import Sender
from members.models import WebhookDelivery, WebhookEndpoint
from members.operations import webhook_outcomes, webhooks
from tests.factories import acting_as


def register(member: Any, url: str, **fields: Any) -> webhooks.WithSecret:
    return webhooks.create(fields={"url": url, **fields}, by=member, now=timezone.now())


def queue(made: webhooks.WithSecret, number: int = 1, *, kind: str = "match.released", **fields: Any) -> list[int]:
    """Store messages as the release does; their events need not exist."""
    now = timezone.now()
    with acting_as("aif_match"):
        rows = [
            WebhookDelivery.objects.create(
                endpoint_id=made.endpoint.id,
                kind=kind,
                events=[1],
                created_at=now,
                **{"not_before": now, "give_up_at": now + timedelta(hours=24), **fields},
            )
            for _ in range(number)
        ]
    return [row.pk for row in rows]


def send(until: Callable[[], bool], *, seconds: float = 15.0, **options: Any) -> None:
    """Send as the worker does until something holds."""
    sender = Sender(settle=webhook_outcomes.settle, **options)
    with acting_as("aif_match"):
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            sender.turn(wait=0.02)
        if not until():
            raise AssertionError("not in time")
        sender.close()


def states(ids: list[int]) -> list[str]:
    return list(WebhookDelivery.objects.filter(pk__in=ids).order_by("id").values_list("state", flat=True))


def endpoint_of(made: webhooks.WithSecret) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=made.endpoint.id)


def hurry() -> None:
    """Let the time pass that deliveries and breakers wait."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE webhook_delivery SET not_before = now() WHERE state = 'pending'")
        cursor.execute("UPDATE webhook_endpoint SET open_until = NULL")
