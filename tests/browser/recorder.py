"""A proxy between the browser and everything else that keeps each request byte: what leaves the machine is seen here.

Forward proxy of plain HTTP (RFC 9112 §3.2.2, absolute form). Nothing is changed on the way.
"""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# RFC 9110 §7.6.1: these belong to one connection.
HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


@dataclass(frozen=True)
class Sent:
    """One request: its first line and headers as they came, and its body."""

    method: str
    url: str
    head: bytes
    body: bytes


class Recorder:
    """`with Recorder() as proxy`: give `proxy.address` to the browser, then read `proxy.requests`."""

    def __init__(self) -> None:
        self.requests: list[Sent] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                head = self.raw_requestline + self.headers.as_bytes()
                recorder.requests.append(Sent(self.command, self.path, head, body))
                target = urlsplit(self.path)
                to = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=60)
                try:
                    to.putrequest(self.command, self.path.split(target.netloc, 1)[1] or "/", True, True)
                    for name, value in self.headers.items():
                        if name.lower() not in HOP_BY_HOP:
                            to.putheader(name, value)
                    to.endheaders(body or None)
                    answer = to.getresponse()
                    data = answer.read()
                except OSError:
                    self.send_error(502)
                    return
                finally:
                    to.close()
                self.send_response_only(answer.status, answer.reason)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP_BY_HOP | {"content-length"}:
                        self.send_header(name, value)
                has_body = self.command != "HEAD" and answer.status not in (204, 304)
                self.send_header(
                    "Content-Length", str(len(data)) if has_body else answer.getheader("Content-Length", "0")
                )
                self.end_headers()
                if has_body:
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = pass_on

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def bytes(self) -> bytes:
        """Everything that was sent, one request after the other."""
        return b"\n".join(sent.head + sent.body for sent in self.requests)

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
