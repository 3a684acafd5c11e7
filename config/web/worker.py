"""gunicorn's threaded worker, whose threads wait a moment for the next request of the connection they have served.

Handing a connection back to the main thread after each answer, and out again at the next request, costs more processor
than reading the request: two changes of thread, a pipe and the selector, and the database connection of another thread.
A program that screens sends its next request at once, so its thread waits for it.

Nobody starves: one thread of the pool never waits, and while others queue a connection has its turn and goes behind.
"""

from __future__ import annotations

import select
import threading
import time
from typing import Any

from gunicorn.workers.gthread import TConn

from aif_share.custodian.worker import CustodianWorker

WAIT_MS = 50
"""How long a thread waits for the next request while nobody else wants it."""
BRIEFLY_MS = 2
"""How long it waits while others queue."""
TURN_S = 0.05
"""How long a connection is served in a row while others queue."""


class WebWorker(CustodianWorker):
    """Serves several requests of one connection in a row, as long as the next one comes at once.

    Like a custodian it answers a request that it cannot read with a problem, and logs nothing that stood in it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_wait = threading.Semaphore(max(self.cfg.threads - 1, 0))
        self._counting = threading.Lock()
        self._queued = 0

    def enqueue_req(self, conn: TConn) -> None:
        """Queue a connection for a thread of the pool; the main thread calls this."""
        with self._counting:
            self._queued += 1
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Answer what the connection asks; gunicorn calls this in a thread of its pool."""
        with self._counting:
            self._queued -= 1
        begun = time.monotonic()
        while (kept := super().handle(conn)) is True and self._has_next(conn, begun):
            pass
        return kept

    def _has_next(self, conn: TConn, begun: float) -> bool:
        """Whether this thread should serve the connection on: its next request is there, and its turn is not over."""
        if not self.alive or conn.is_http2 or (self._queued and time.monotonic() - begun > TURN_S):
            return False
        if conn.parser.unreader.buf.getvalue():
            return True
        if not self._may_wait.acquire(blocking=False):
            return False
        try:
            poll = select.poll()
            poll.register(conn.sock, select.POLLIN)
            return bool(poll.poll(BRIEFLY_MS if self._queued else WAIT_MS)) and self.alive
        finally:
            self._may_wait.release()
