"""What is tried again: a transaction that lost a deadlock or a lock did nothing, and may simply be run once more."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

log = logging.getLogger(__name__)

RETRYABLE = frozenset({"40P01", "40001", "55P03"})  # deadlock, serialization failure, lock not available
TRIES = 5
PAUSE_SECONDS = 0.02

T = TypeVar("T")


def with_retry(work: Callable[[], T], *, what: str) -> T:
    """Return `work()`, a whole transaction, tried up to TRIES times; `what` names it in the log."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            state = getattr(error.__cause__, "pgcode", None)
            if state not in RETRYABLE or attempt == TRIES:
                raise
            log.warning("%s: retry %d after %s", what, attempt, state)
            time.sleep(PAUSE_SECONDS * attempt)
    raise AssertionError("the last try returns or raises")
