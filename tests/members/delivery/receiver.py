"""A receiver of webhooks on 127.0.0.1: a threaded server that answers by its path and keeps what came."""

from __future__ import annotations

import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Received:
    """One request: where to, its headers in lower case, its body, and when it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        """The webhook-id."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The document, if the signature is of this secret; else the library's error."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """`with Receiver() as receiver`: `receiver.url("/ok")`; paths are ok, 500, slow, huge, gone, redirect, busy, drip."""

    tls: ssl.SSLContext | None = None
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    most_at_once: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Receiver:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                outer.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with outer._lock:
                    outer.requests.append(Received(self.path, headers, body, time.monotonic()))
                    outer._now[self.path] = outer._now.get(self.path, 0) + 1
                    outer.most_at_once[self.path] = max(outer.most_at_once.get(self.path, 0), outer._now[self.path])
                with suppress(OSError):
                    outer._answer(self)
                with outer._lock:
                    outer._now[self.path] -= 1

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                pass

        self._lock = threading.Lock()
        self._now: dict[str, int] = {}
        self._over = threading.Event()
        self._server = Server(("127.0.0.1", 0), Handler)
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/ok") -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str) -> list[Received]:
        """What came to a path."""
        return [each for each in self.requests if each.path == path]

    def _answer(self, to: BaseHTTPRequestHandler) -> None:
        name = to.path.strip("/").split("/")[0]
        if name == "slow":
            self._over.wait(30)
        elif name == "drip":
            for byte in b"HTTP/1.1 200 OK\r\n" * 1000:
                to.wfile.write(bytes([byte]))
                if self._over.wait(0.2):
                    return
        elif name == "huge":
            to.send_response(200)
            to.send_header("Content-Length", str(1 << 40))
            to.end_headers()
            while not self._over.is_set():
                to.wfile.write(b"x" * 65536)
        elif name == "redirect":
            to.send_response(302)
            to.send_header("Location", self.url("/target"))
            to.end_headers()
        elif name == "busy":
            to.send_response(429)
            to.send_header("Retry-After", "120")
            to.end_headers()
        else:
            to.send_response({"500": 500, "gone": 410}.get(name, 204))
            to.end_headers()
