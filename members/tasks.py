"""Background jobs of `members`: each makes one call, and running one twice is harmless."""

from celery import shared_task

from members.delivery import outbox


@shared_task
def deliver_pending(**_future: object) -> None:
    """Deliver what waits in the outbox."""
    outbox.deliver_pending()
