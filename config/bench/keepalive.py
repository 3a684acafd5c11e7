"""A load generator's HTTP/1.1 connection: requests are bytes made before the clock starts, answers need a length.

It does what a measurement needs and no more, so that on a machine of two cores the load takes little of them.
"""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 120.0


def serialize(method: str, url: str, bearer: str, body: object = None, **headers: str) -> bytes:
    """The exact bytes of one request; ``body`` becomes JSON, header names take ``_`` for ``-``."""
    parts = urlsplit(url)
    payload = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    lines = {
        "Host": parts.netloc,
        "Authorization": f"Bearer {bearer}",
        "Accept": "application/json",
        "Content-Length": str(len(payload)),
        **({"Content-Type": "application/json"} if payload else {}),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + payload


class Connection:
    """One kept-alive connection to the host of ``url``; not for several threads."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and return status and body; reconnect once if the server had closed the connection."""
        if self._socket is not None:
            try:
                return self._exchange(self._socket, request)
            except (BrokenPipeError, ConnectionResetError, EOFError):
                self._socket.close()
        self._socket = socket.create_connection(self._address, timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._exchange(self._socket, request)

    def fetch(self, request: bytes, *, status: int) -> Any:
        """Send, insist on this status and return the JSON answer."""
        got, body = self.send(request)
        if got != status:
            code = json.loads(body).get("code") if body.startswith(b"{") else ""
            raise RuntimeError(f"the platform answered {got} {code}, expected {status}")
        return json.loads(body) if body else None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, channel: socket.socket, request: bytes) -> tuple[int, bytes]:
        channel.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive(channel)
        head = received[:end].lower()
        start = head.find(b"content-length:")
        if start < 0:
            raise RuntimeError("an answer without Content-Length")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0])
        parts, missing = [received[end + 4 :]], length - (len(received) - end - 4)
        while missing > 0:
            parts.append(self._receive(channel))
            missing -= len(parts[-1])
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), b"".join(parts)

    @staticmethod
    def _receive(channel: socket.socket) -> bytes:
        data = channel.recv(262_144)
        if not data:
            raise EOFError
        return data
