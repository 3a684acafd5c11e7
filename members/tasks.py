"""Background jobs of `members`: each makes one call, and running one twice is harmless."""

from celery import shared_task
from django.db import transaction

from members.delivery import outbox


@shared_task
def deliver_pending(**_future: object) -> None:
    """Deliver what waits in the outbox."""
    outbox.deliver_pending()


def nudge() -> None:
    """Ring for `deliver_pending` once the caller's transaction has committed; a lost ring is made up by a timer."""
    transaction.on_commit(lambda: deliver_pending.delay(), robust=True)
