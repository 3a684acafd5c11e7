"""One kind of background work: a turn of it at a time in a process, whoever calls for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Duty:
    """One kind of work: `look` does a turn of it and tells how much; a turn at a time in a process."""

    name: str
    look: Callable[[], int]
    pause: float  # seconds until the next look when nothing was there
    turn: threading.Lock = field(default_factory=threading.Lock)

    def do(self) -> int:
        """Do a turn, unless the bell or the timer is at it already."""
        if not self.turn.acquire(blocking=False):
            return 0
        try:
            return self.look()
        finally:
            self.turn.release()
