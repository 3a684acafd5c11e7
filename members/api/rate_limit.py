"""How many requests an institution may make in a short time, counted in Redis for all processes together.

This protects the machine from a client that runs wild; what an institution may learn in a day is counted in
PostgreSQL. So without Redis every request passes. Counted by institution, not by key or address: a member behind one
proxy, or with two keys, is still one member.

A process takes its share in leases of a few requests, so most requests cost no round trip; what a lease holds is
counted when it is taken, so the limit is never exceeded.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.translation import gettext_noop
from limits.storage import RedisStorage
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from aif_share.errors import Refusal

logger = logging.getLogger(__name__)

LEASES = 10_000
"""A lease is this part of the limit, at least one request: 20 of 200,000."""

TIMEOUT = 0.05
"""Seconds that one round trip may take."""

PAUSE = 5.0
"""Seconds without an attempt after Redis did not answer."""


class TooManyRequests(Refusal):
    """The institution has made more requests than its window has; `headers` belong into the answer."""

    def __init__(self, retry_after: int, headers: dict[str, str]) -> None:
        super().__init__(
            "too-many-requests", gettext_noop("Wait as long as Retry-After says."), retry_after=retry_after
        )
        self.headers = headers


@dataclass(slots=True)
class _Lease:
    window: int
    left: int  # requests that this process may still let through
    remaining: int  # of the institution, as far as this process knows


class Counter:
    """Counts requests of institutions in windows of fixed length that begin at full multiples of it."""

    def __init__(self, *, limit: int, window: int, url: str) -> None:
        self.limit, self.window = limit, window
        self.lease = max(1, limit // LEASES)
        self.policy = f'"burst";q={limit};w={window}'
        self._storage = RedisStorage(
            url.replace("redis+socket:", "redis+unix:").partition("?")[0],  # what follows is the broker's
            key_prefix="aif-rate",
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        )
        self._lock = threading.Lock()
        self._leases: dict[int, _Lease] = {}
        self._resting_until = 0.0
        self._is_away = False

    def take(self, institution_id: int) -> dict[str, str]:
        """Count one request and return the headers of its answer; raise TooManyRequests.

        Without Redis the headers name the policy alone, and nothing is refused.
        """
        now = time.time()
        window = int(now) // self.window
        with self._lock:
            lease = self._leases.get(institution_id)
            if lease is None or lease.window != window or (lease.left <= 0 and lease.remaining > 0):
                if time.monotonic() < self._resting_until:
                    return {"RateLimit-Policy": self.policy}
                lease = self._take_lease(institution_id, window)
                if lease is None:
                    return {"RateLimit-Policy": self.policy}
            lease.left -= 1
            refused = lease.left < 0
            remaining = max(0, lease.remaining + lease.left) if not refused else 0
        reset = max(1, int((window + 1) * self.window - now) + 1)
        headers = {"RateLimit-Policy": self.policy, "RateLimit": f'"burst";r={remaining};t={reset}'}
        if refused:
            raise TooManyRequests(reset, headers)
        return headers

    def _take_lease(self, institution_id: int, window: int) -> _Lease | None:
        """Count a whole lease in one round trip; None when Redis does not answer."""
        # The pause stands before the attempt: nobody else waits for it when the lock is free again.
        self._resting_until = time.monotonic() + PAUSE
        try:
            counted = self._storage.incr(f"{institution_id}:{window}", self.window + 1, self.lease)
        except (RedisError, OSError):
            if not self._is_away:
                logger.warning("no answer from Redis: requests are not counted until it is back")
            self._is_away = True
            return None
        if self._is_away:
            logger.warning("Redis is back: requests are counted again")
        self._is_away, self._resting_until = False, 0.0
        if len(self._leases) > 10_000:
            self._leases = {key: lease for key, lease in self._leases.items() if lease.window == window}
        usable = max(0, min(self.lease, self.limit - counted + self.lease))
        lease = self._leases[institution_id] = _Lease(window, usable, max(0, self.limit - counted))
        return lease


@cache
def counter() -> Counter:
    """Return the counter of this process, as AIF_RATE_LIMIT sets it."""
    limit, window = settings.AIF_RATE_LIMIT
    return Counter(limit=limit, window=window, url=settings.CELERY_BROKER_URL)


def take(institution_id: int) -> dict[str, str]:
    """Count one request of an institution and return the headers of its answer; raise TooManyRequests."""
    return counter().take(institution_id)
