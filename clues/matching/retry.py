"""What is tried again: a transaction that lost a deadlock or a lock did nothing, and may simply be run once more.

And what is no failed attempt: the database refused for a time, which says nothing about the work.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger(__name__)

RETRYABLE = frozenset({"40P01", "40001", "55P03"})  # deadlock, serialization failure, lock not available
TRIES = 5
PAUSE_SECONDS = 0.02

FOR_A_TIME: Final = ("08", "40", "55", "57P", "53100", "53300")
"""Codes that begin so: no connection, a lost conflict, a lock, a shutdown, a full disk, too many connections."""

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


def mindful(work: Callable[[], T], *, give_back: str, attempt: Sequence[Any]) -> T:
    """Return `work()`; where the database refused it for a time, run `give_back` on the attempt before that is raised.

    What the work itself brings about (memory, a limit, a statement that never ends) counts: it would be tried for ever.
    """
    try:
        return work()
    except (OperationalError, InterfaceError) as error:
        state = getattr(error.__cause__, "pgcode", None)
        if state is None or state.startswith(FOR_A_TIME):
            if connection.connection is not None and connection.connection.closed:
                connection.close()
            with connection.cursor() as cursor:
                cursor.execute(give_back, attempt)
        raise
