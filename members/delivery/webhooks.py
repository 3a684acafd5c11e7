"""Send webhooks: claim what is due, post it from a pool of threads, hand the results to whoever records them.

At least once: a claim pushes a delivery's next attempt a little ahead, so that one whose sender dies is due again soon.
No transaction is open while anything travels. An endpoint has few requests under way at once, one after a failure and
none while its breaker is open, so that one that is slow or gone holds up nobody else.
"""

from __future__ import annotations

import contextlib
import logging
import queue
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from aif_share.errors import Refusal
from members.delivery import webhook_address, webhook_message, webhook_request

log = logging.getLogger(__name__)

THREADS: Final = 64
AT_ONCE: Final = 4
"""Requests under way to one endpoint, in one process."""
LEASE_SECONDS: Final = 20.0
"""Well above the five seconds of a request and the time until its result is recorded."""

CLAIM = """
WITH open_endpoint AS (
    SELECT w.id, CASE WHEN w.failures > 0 THEN 1 ELSE %(at_once)s END - coalesce(busy.number, 0) AS room
    FROM webhook_endpoint w
    JOIN institution i ON i.id = w.institution_id AND i.state = 'live'
    LEFT JOIN unnest(%(busy)s::bigint[], %(numbers)s::int[]) AS busy (id, number) ON busy.id = w.id
    WHERE w.state = 'enabled' AND w.deleted_at IS NULL AND (w.open_until IS NULL OR w.open_until <= clock_timestamp())
), due AS (
    SELECT d.id FROM open_endpoint e CROSS JOIN LATERAL (
        SELECT id, not_before FROM webhook_delivery
        WHERE endpoint_id = e.id AND state = 'pending' AND not_before <= clock_timestamp()
        ORDER BY not_before, id LIMIT greatest(e.room, 0) FOR UPDATE SKIP LOCKED
    ) d
    ORDER BY d.not_before, d.id LIMIT %(limit)s
)
UPDATE webhook_delivery d SET attempts = attempts + 1, last_attempt_at = clock_timestamp(),
    not_before = clock_timestamp() + %(lease)s * interval '1 second'
FROM due, webhook_endpoint w WHERE d.id = due.id AND w.id = d.endpoint_id
RETURNING d.id, d.endpoint_id, w.institution_id, d.kind, d.events, d.attempts, d.created_at, w.url, w.secret,
    CASE WHEN w.old_secret_until > clock_timestamp() THEN w.old_secret END
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours for LEASE_SECONDS. Its repr shows no secret and no address."""

    id: int
    endpoint_id: int
    institution_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    claimed: Claimed
    result: webhook_request.Result
    at: datetime


class Sender:
    """A pool of threads and what is under way in it. `turn` is called by one thread, again and again."""

    def __init__(
        self,
        *,
        settle: Callable[[Sequence[Outcome]], None],
        resolve: Callable[[str, int], Iterable[str]] = webhook_address.look_up,
        threads: int = THREADS,
        at_once: int = AT_ONCE,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._settle = settle
        self._resolve = resolve
        self._threads = threads
        self._at_once = at_once
        self._lease = lease_seconds
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="webhook")
        self._under_way: Counter[int] = Counter()
        self._done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()

    @property
    def under_way(self) -> int:
        """How many requests have been begun and not recorded yet."""
        return self._under_way.total()

    def turn(self, *, wait: float = 0.0) -> int:
        """Record what has ended, begin what is due; return how many were recorded or begun.

        Waits for no request, but up to `wait` seconds for the first result if nothing else is to do.
        """
        recorded = self._record(wait=wait if self.under_way else 0.0)
        room = self._threads - self.under_way
        rows = self._claim(room) if room > 0 else []
        for row in rows:
            self._begin(Claimed(row[0], row[1], row[2], row[5]), row)
        return recorded + len(rows)

    def close(self) -> None:
        """Wait for what is under way, and record it."""
        self._pool.shutdown(wait=True)
        self._record()

    def _claim(self, limit: int) -> list[tuple[Any, ...]]:
        busy = {endpoint: number for endpoint, number in self._under_way.items() if number}
        with connection.cursor() as cursor:
            cursor.execute(
                CLAIM,
                {
                    "busy": list(busy),
                    "numbers": list(busy.values()),
                    "at_once": self._at_once,
                    "limit": limit,
                    "lease": self._lease,
                },
            )
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _begin(self, claimed: Claimed, row: tuple[Any, ...]) -> None:
        try:
            work = self._prepare(claimed, row)
        except (DatabaseError, InterfaceError):  # ours, a closed connection too: nothing that the endpoint did
            raise
        except Exception:  # one row that cannot be read must not hold up the others
            log.exception("webhook delivery %d: cannot be prepared", claimed.id)
            self._done.put(Outcome(claimed, webhook_request.Result("internal"), timezone.now()))
        else:
            self._pool.submit(self._run, claimed, work)
        self._under_way[claimed.endpoint_id] += 1

    def _prepare(self, claimed: Claimed, row: tuple[Any, ...]) -> Callable[[], webhook_request.Result]:
        kind, ids, created_at, url, secret, old_secret = row[3], row[4], *row[6:]
        body = webhook_message.make_body(
            kind=kind, ids=ids, institution_id=claimed.institution_id, created_at=created_at
        )
        signed_with = [
            webhook_message.unseal_secret(sealed, institution_id=claimed.institution_id)
            for sealed in (secret, old_secret)
            if sealed is not None
        ]

        def work() -> webhook_request.Result:
            try:
                target = webhook_address.parse(url)
            except Refusal:  # the operator's list has become shorter since
                return webhook_request.Result("blocked-url")
            headers = webhook_message.make_headers(
                delivery_id=claimed.id, body=body, signed_with=signed_with, now=timezone.now()
            )
            return webhook_request.post(target, body=body, headers=headers, resolve=self._resolve)

        return work

    def _run(self, claimed: Claimed, work: Callable[[], webhook_request.Result]) -> None:
        try:
            result = work()
        except Exception:
            log.exception("webhook delivery %d: unexpected", claimed.id)
            result = webhook_request.Result("internal")
        self._done.put(Outcome(claimed, result, timezone.now()))

    def _record(self, *, wait: float = 0.0) -> int:
        outcomes: list[Outcome] = []
        with contextlib.suppress(queue.Empty):
            outcomes.append(self._done.get(block=wait > 0, timeout=wait or None))
            while True:
                outcomes.append(self._done.get_nowait())
        # What cannot be recorded now is due again when its claim ends: at least once.
        for outcome in outcomes:
            self._under_way[outcome.claimed.endpoint_id] -= 1
        if outcomes:
            self._settle(outcomes)
        return len(outcomes)
