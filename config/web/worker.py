"""gunicorn's threaded worker, whose threads wait a moment for the next request of the connection they have served.

Handing a connection back to the main thread after each answer, and out again at the next request, costs more processor
than reading the request: two changes of thread, a pipe and the selector, and the database connection of another thread.
A program that screens sends its next request at once, so its thread waits for it.

Nobody starves: one thread of the pool never waits, and while others queue a connection has its turn and goes behind.
Nor does anybody hold a thread, or the main thread, by not sending or not closing (see `reading`).
"""

from __future__ import annotations

import select
import selectors
import socket
import threading
import time
import uuid
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.workers.gthread import _DEFER, TConn

from aif_share.custodian.worker import CustodianWorker

from .reading import WebParser

WAIT_MS = 50
"""How long a thread waits for the next request while nobody else wants it."""
BRIEFLY_MS = 2
"""How long it waits while others queue."""
SILENT_S = 0.01
"""How long it waits for the first byte of a new connection, before the selector waits for that. gunicorn: 5 s, so a few
dozen clients that connect and say nothing would hold all threads for most of a minute."""
TURN_S = 0.05
"""How long a connection is served in a row while others queue."""
PARTING_S = 2.0
"""How long a client may take to read the last answer and close, before the connection is cut."""
PARTING_BYTES = 1024 * 1024
"""How much it may still send meanwhile: cut at once, it might lose the answer."""


class WebWorker(CustodianWorker):
    """Serves several requests of one connection in a row, as long as the next one comes at once.

    Like a custodian it answers a request that it cannot read with a problem, and logs nothing that stood in it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_wait = threading.Semaphore(max(self.cfg.threads - 1, 0))
        self._counting = threading.Lock()
        self._queued = 0
        self._parting: deque[TConn] = deque()  # in the order of their timeouts

    def refusal_headers(self) -> dict[str, str]:
        """Add the id by which an answer of ours is found in the log; no application has seen the request."""
        request_id = uuid.uuid4().hex
        self.log.warning("answered as unreadable: request %s", request_id)
        return super().refusal_headers() | {"X-Request-ID": request_id}

    def enqueue_req(self, conn: TConn) -> None:
        """Queue a connection for a thread of the pool; the main thread calls this."""
        with self._counting:
            self._queued += 1
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Answer what the connection asks; gunicorn calls this in a thread of its pool."""
        with self._counting:
            self._queued -= 1
        if not conn.initialized and not conn.wait_for_data(SILENT_S):
            return _DEFER
        if conn.parser is None and not self.cfg.is_ssl:
            conn.parser = WebParser(self.cfg, conn.sock, conn.client)
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

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Keep the connection or part from it; gunicorn calls this in the main thread, and would wait there."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drop, conn))
        except OSError:
            self._cut(conn)
            return
        conn.timeout = time.monotonic() + PARTING_S
        conn.dropped = 0
        self._parting.append(conn)

    def murder_pending(self) -> None:
        """Close what has waited long enough; gunicorn calls this about once a second."""
        super().murder_pending()
        while self._parting and self._parting[0].timeout <= time.monotonic():
            conn = self._parting.popleft()
            self.poller.unregister(conn.sock)
            self._cut(conn)

    def _drop(self, conn: TConn, sock: socket.socket) -> None:
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.dropped += len(data)
        if not data or conn.dropped > PARTING_BYTES:
            self.poller.unregister(sock)
            self._parting.remove(conn)
            self._cut(conn)

    def _cut(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
