"""The outbox: messages stored with the change that causes them, delivered afterwards, at least once."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from members.delivery.channels import Channel, DeliveryFailed, get_channel
from members.models import OutboxMessage, OutboxState

logger = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=7)


def enqueue(
    *,
    channel: str,
    destination: str,
    payload: Mapping[str, Any],
    now: datetime,
    institution_id: int | None = None,
    not_before: datetime | None = None,
) -> OutboxMessage:
    """Store one message in the caller's transaction; it leaves once that has committed."""
    return OutboxMessage.objects.create(
        channel=channel,
        destination=destination,
        payload=dict(payload),
        institution_id=institution_id,
        created_at=now,
        not_before=not_before or now,
    )


def deliver_pending(*, limit: int = 100, seconds: float = 2.0) -> int:
    """Deliver what is due, oldest first; return how many messages arrived.

    No message is begun after `seconds`: matching shares this process, and a server that hangs must not hold it up.

    Several processes may do this at once: each message is held by its row lock while it travels, so a process
    that dies lets go of it and another one takes it up at once.
    """
    arrived = 0
    until = time.monotonic() + seconds
    for _turn in range(limit):
        if time.monotonic() > until:
            break
        outcome = deliver_next(now=timezone.now())
        if outcome is None:
            break
        arrived += outcome
    return arrived


@transaction.atomic
def deliver_next(*, now: datetime) -> bool | None:
    """Try the next due message: True if it arrived, False if it waits again, None if none is due."""
    message = (
        OutboxMessage.objects.select_for_update(skip_locked=True)
        .filter(state=OutboxState.PENDING.value, not_before__lte=now)
        .order_by("not_before", "id")
        .first()
    )
    if message is None:
        return None
    channel = get_channel(message.channel)
    message.attempts += 1
    try:
        _deliver(channel, message)
    except DeliveryFailed as error:
        message.last_error = str(error)[:200]
        if now - message.created_at >= GIVE_UP_AFTER:
            message.state = OutboxState.DEAD.value
            logger.error("outbox message %s of channel %s is given up", message.pk, message.channel)
        else:
            message.not_before = now + pause_after(message.attempts, longest=channel.LONGEST_WAIT)
    else:
        message.state = OutboxState.DONE.value
        message.done_at = now
        message.last_error = ""
    message.save(update_fields=["attempts", "last_error", "state", "not_before", "done_at"])
    return message.state == OutboxState.DONE


def _deliver(channel: Channel, message: OutboxMessage) -> None:
    """Hand the message over. Raise DeliveryFailed, whatever went wrong: one that cannot be sent would stay the first."""
    try:
        with transaction.atomic():
            channel.deliver(message.destination, message.payload)
    except (DeliveryFailed, OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("outbox message %s of channel %s: unexpected", message.pk, message.channel)
        raise DeliveryFailed(type(error).__name__) from None


def pause_after(attempts: int, *, longest: timedelta = LONGEST_WAIT) -> timedelta:
    """Return how long to wait after so many attempts: doubling from a second up to `longest`."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(doubled, longest, LONGEST_WAIT)


def list_stuck(*, limit: int = 100) -> list[OutboxMessage]:
    """Return messages that were given up, newest first: a person has to look."""
    return list(OutboxMessage.objects.filter(state=OutboxState.DEAD.value).order_by("-id")[:limit])
