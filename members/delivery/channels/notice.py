"""News of an institution, for the mails its people wait for: nothing leaves here (members/delivery/notifications.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from members.delivery import notifications

LONGEST_WAIT = timedelta(minutes=1)


def deliver(destination: str, payload: Mapping[str, Any]) -> None:
    """Add the notices to what each reader waits for, in the transaction of the message."""
    notifications.gather(
        institution_id=payload["institution_id"],
        kind=payload["event"],
        count=payload["count"],
        now=timezone.now(),
    )
