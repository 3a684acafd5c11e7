"""How long an institution's oldest chunk has been waiting: its new batches are turned away while the workers cannot keep up.

Workers serve institutions in turn (matching/claiming.py), so one's backlog is no reason to turn away another.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from aif_share.errors import Refusal

RETRY_AFTER = 60
OLDEST = "SELECT aif_queue_age(%s)"


def check_queue(institution: int) -> None:
    """Raise Refusal `queue-full` when a chunk of the institution has been waiting for more than AIF_QUEUE_MAX_AGE seconds."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, [institution])
        (age,) = cursor.fetchone()
    if age is not None and age > settings.AIF_QUEUE_MAX_AGE:
        raise Refusal(
            "queue-full",
            "Batches of yours are waiting for too long already. Send this one again later, under the same Idempotency-Key.",
            retry_after=RETRY_AFTER,
        )
