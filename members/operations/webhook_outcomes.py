"""What follows from an attempt to deliver a webhook: arrived, again later, given up, or never again.

| the endpoint answers                | the delivery                  | the endpoint                                    |
|-------------------------------------|-------------------------------|-------------------------------------------------|
| 2xx                                 | delivered                     | failures in a row 0, breaker closed             |
| another status, nothing, too late   | again, until 24 h have passed | one more failure; from the 5th on it is paused  |
| the same with Retry-After           | again, not before             | paused until then                               |
| 410 Gone                            | dead                          | disabled: its owner says that nobody is there   |
| at an address that is not public    | blocked, audited              | one more failure                                |
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from members import audit
from members.delivery.webhooks import Outcome, Sender
from members.models import EndpointState, WebhookDelivery, WebhookEndpoint, reference
from members.permissions import Job

FIRST_WAIT: Final = 2.0
LONGEST_WAIT: Final = 3600.0
FAILURES_TO_PAUSE: Final = 5
FIRST_PAUSE: Final = 10.0
LONGEST_PAUSE: Final = 600.0
LONGEST_ASKED: Final = 3600.0
"""Seconds that a Retry-After is heeded at most."""
SWEEP_SECONDS: Final = 10.0
LOOK_SECONDS: Final = 0.1
GONE: Final = 410
BLOCKED: Final = ("blocked-address", "blocked-url")
BY: Final = Job("webhooks")
_random = random.SystemRandom()

GIVE_UP = """
UPDATE webhook_delivery SET state = 'dead', done_at = clock_timestamp(),
    last_error = CASE WHEN last_error = '' THEN 'not-sent' ELSE last_error END
WHERE state = 'pending' AND give_up_at <= clock_timestamp() AND not_before <= clock_timestamp()
"""


def pause_after(times: int, *, first: float, longest: float) -> float:
    """Return seconds to wait after `times` failures: doubling from `first` to `longest`, give or take a fifth.

    Without the jitter all that failed together would come back together.
    """
    return min(first * 2.0 ** min(times - 1, 30), longest) * _random.uniform(0.8, 1.2)


@transaction.atomic
def settle(outcomes: Sequence[Outcome]) -> None:
    """Record what came of some attempts. One whose delivery was claimed anew meanwhile changes nothing.

    The endpoints are locked before their deliveries, as whoever changes or deletes one does.
    """
    concerned = WebhookEndpoint.objects.filter(pk__in={each.claimed.endpoint_id for each in outcomes})
    list(concerned.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    for outcome in sorted(outcomes, key=lambda each: (each.claimed.endpoint_id, each.claimed.id)):
        _settle_one(outcome)


def give_up() -> int:
    """Give up what has waited for its whole time, at an endpoint that is paused or disabled too; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP)
        return int(cursor.rowcount)


def _settle_one(outcome: Outcome) -> None:
    claimed, result, at = outcome.claimed, outcome.result, outcome.at
    rows = WebhookDelivery.objects.filter(pk=claimed.id, state="pending", attempts=claimed.attempt)
    endpoint = WebhookEndpoint.objects.filter(pk=claimed.endpoint_id)
    if not result.error:
        rows.update(state="delivered", done_at=at, last_status=result.status, last_error="")
        endpoint.update(failures=0, open_until=None, last_success_at=at)
        return
    told = {"last_status": result.status, "last_error": result.error}
    asked = min(result.retry_after or 0.0, LONGEST_ASKED)
    if result.error in BLOCKED:
        if rows.update(state="blocked", done_at=at, **told):
            _record("webhook.block", outcome, delivery=reference.encode("WD", claimed.id), code=result.error)
    elif result.status == GONE:
        rows.update(state="dead", done_at=at, **told)
        still = endpoint.filter(state=EndpointState.ENABLED.value, deleted_at=None)
        if still.update(state=EndpointState.DISABLED.value, version=F("version") + 1):
            _record("webhook.disable", outcome, status=GONE)
    else:
        wait = max(asked, pause_after(claimed.attempt, first=FIRST_WAIT, longest=LONGEST_WAIT))
        if not rows.filter(give_up_at__gt=at).update(not_before=at + timedelta(seconds=wait), **told):
            rows.update(state="dead", done_at=at, **told)
    _count_failure(outcome, asked)


def _count_failure(outcome: Outcome, asked: float) -> None:
    row = WebhookEndpoint.objects.select_for_update().get(pk=outcome.claimed.endpoint_id)
    row.failures += 1
    row.last_failure_at = outcome.at
    pause = asked
    if row.failures >= FAILURES_TO_PAUSE:
        over = row.failures - FAILURES_TO_PAUSE + 1
        pause = max(pause, pause_after(over, first=FIRST_PAUSE, longest=LONGEST_PAUSE))
    if pause:
        until = outcome.at + timedelta(seconds=pause)
        row.open_until = max(until, row.open_until) if row.open_until else until
    row.save(update_fields=["failures", "last_failure_at", "open_until"])


def _record(verb: str, outcome: Outcome, **detail: object) -> None:
    audit.record(
        verb,
        actor=BY,
        subject_ref=reference.encode("H", outcome.claimed.endpoint_id),
        institution_id=outcome.claimed.institution_id,
        detail=detail,
    )


# ---- the sender of this process --------------------------------------------------------------------------------------


class _Sending:
    """Made at the first look, in the process that looks: threads do not survive a fork."""

    sender: Sender | None = None
    swept_at = float("-inf")


def deliver_pending() -> int:
    """Do a turn of sending, and now and then give up what is too old; return how much was done."""
    if _Sending.sender is None:
        _Sending.sender = Sender(settle=settle)
    if time.monotonic() - _Sending.swept_at >= SWEEP_SECONDS:
        _Sending.swept_at = time.monotonic()
        give_up()
    return _Sending.sender.turn(wait=LOOK_SECONDS)
