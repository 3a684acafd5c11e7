"""What happens so often that only some of it is told: the first, the tenth, the hundredth … of a minute."""

from __future__ import annotations

import threading
from typing import Final

STEP: Final = 10
A_MINUTE: Final = 60  # seconds


class Tally:
    """How often this process saw the same of the same caller in the present minute. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, caller: str, what: str, *, at: float) -> int | None:
        """Count one, at `at` (seconds); return its number within the minute if it is to be told: 1, 10, 100 …, else None."""
        minute = int(at // A_MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            number = self._counts[caller, what] = self._counts.get((caller, what), 0) + 1
        return number if number == STEP ** (len(str(number)) - 1) else None

    def forget(self, caller: str, what: str) -> None:
        """Begin anew with them: what should have been told was not."""
        with self._lock:
            self._counts.pop((caller, what), None)
