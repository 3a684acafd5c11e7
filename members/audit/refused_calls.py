"""Refused calls of the API as events of the caller's institution: a handful for a flood, each with how many there were (ADR 0059)."""

from __future__ import annotations

import threading
import time
from typing import Final

from members.audit.refusals import record_refused
from members.permissions import Actor

TOLD: Final = frozenset(
    {"not-found", "scope-missing", "permission-missing", "address-refused", "key-revoked", "key-expired"}
)
"""Codes that tell of a key, or a script of the portal, where it has no business. Slips of the pen are not among them."""
STEP: Final = 10
A_MINUTE: Final = 60  # seconds


class Tally:
    """How many refusals of a caller with one code this process saw in the present minute. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, caller: str, code: str, *, at: float) -> int | None:
        """Count one, at `at` (seconds); return its number within the minute if it is to be told: 1, 10, 100 …, else None."""
        minute = int(at // A_MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            number = self._counts[caller, code] = self._counts.get((caller, code), 0) + 1
        return number if number == STEP ** (len(str(number)) - 1) else None


tally = Tally()


def note(*, by: Actor, institution_id: int, code: str, subject_ref: str) -> None:
    """Count a refused call, and add an event where its number asks for one: in a transaction of its own."""
    number = tally.count(by.audit_ref, code, at=time.time())
    if number is not None:
        record_refused(
            "api.refuse",
            actor=by,
            subject_ref=subject_ref,
            institution_id=institution_id,
            detail={"code": code, "count": number},
        )
