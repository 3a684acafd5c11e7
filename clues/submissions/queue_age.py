"""How long the oldest chunk has been waiting: new batches are turned away while the workers cannot keep up."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from aif_share.errors import Refusal

RETRY_AFTER = 60

# From the waiting chunks, which have an index of their own, not through all chunks that ever were.
OLDEST = """
WITH waiting AS MATERIALIZED (SELECT DISTINCT batch_id FROM batch_chunk WHERE state = 'received')
SELECT extract(epoch FROM clock_timestamp() - min(b.received_at)) FROM batch b JOIN waiting w ON w.batch_id = b.id
"""


def check_queue() -> None:
    """Raise Refusal `queue-full` when a chunk has been waiting for more than AIF_QUEUE_MAX_AGE seconds."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        (age,) = cursor.fetchone()
    if age is not None and age > settings.AIF_QUEUE_MAX_AGE:
        raise Refusal(
            "queue-full",
            "Batches are waiting for too long already. Send this one again later, under the same Idempotency-Key.",
            retry_after=RETRY_AFTER,
        )
