"""How web reads a request: nobody may hold a thread with bytes that do not come, and a body that nobody read ends the line.

gunicorn waits for a body without a bound while the application reads it, and seconds more for one that it did not read.
"""

from __future__ import annotations

import socket
import struct
import time
from typing import Any, Final

from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.http.unreader import SocketUnreader

WAIT_S = 20
"""How long a thread waits for the next byte, and for all bytes of a request in sum before `MIN_RATE` counts."""
MIN_RATE: Final = 16 * 1024
"""Bytes a second that a longer body has to bring. Only the time spent waiting counts, not what the application takes."""
AT_HAND: Final = 64 * 1024
"""A body that nobody read, up to this size and already here, is thrown away, and the connection lives on."""


class Stalled(NoMoreData):  # type: ignore[misc]
    """The client sends nothing, or next to nothing."""


class Reader(SocketUnreader):  # type: ignore[misc]
    """Reads from the socket and keeps count of the waiting."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        # In the kernel, hence no call more for each read; Python's own timeout would be lost with setblocking.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", WAIT_S, 0))
        self.begin()

    def begin(self) -> None:
        """Count anew: another request begins."""
        self.waited = 0.0
        self.received = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; raise Stalled when they do not come, or too slowly."""
        begun = time.monotonic()
        try:
            data: bytes = super().chunk(size_hint)
        except BlockingIOError:
            raise Stalled from None
        self.waited += time.monotonic() - begun
        self.received += len(data)
        if self.waited > WAIT_S + self.received / MIN_RATE:
            raise Stalled
        return data

    def fetch(self, size: int) -> None:
        """Take up to `size` bytes that lie in the socket already."""
        try:
            data = self.sock.recv(size, socket.MSG_DONTWAIT)
        except OSError:
            return
        self.unread(self.take_buffered() + data)


class ChunkedBody(Body):  # type: ignore[misc]
    """A body in chunks; where they have no form, it breaks off, which is the client's fault and no error of ours."""

    def _read_reader(self, size: int) -> bytes:
        try:
            data: bytes = super()._read_reader(size)
        except ParseException:
            raise NoMoreData from None
        return data


class WebRequest(Request):  # type: ignore[misc]
    """A request after which the connection closes if its body was not read and is not here either."""

    def set_body_reader(self) -> None:
        """Choose how the body is read; gunicorn calls this when it has read the head."""
        self.body: Body
        super().set_body_reader()
        if isinstance(self.body.reader, ChunkedReader):
            self.body = ChunkedBody(self.body.reader)

    def should_close(self) -> bool:
        """Whether the answer says `Connection: close`; gunicorn asks when it sends the head, and again after it."""
        if super().should_close():
            return True
        if not self._is_read():
            self.force_close()  # what was said once holds
        return bool(self.must_close)

    def _is_read(self) -> bool:
        reader = self.body.reader
        if self.body.failed:
            return False
        if not isinstance(reader, LengthReader):
            return bool(reader.parser is None)
        if reader.length == 0:
            return True
        if reader.length > AT_HAND:
            return False
        here = len(self.unreader.buf.getvalue())
        if here < reader.length:
            self.unreader.fetch(reader.length - here)
        return bool(len(self.unreader.buf.getvalue()) >= reader.length)


class WebParser(RequestParser):  # type: ignore[misc]
    """gunicorn's parser of a connection, with our way of reading."""

    mesg_class = WebRequest

    def __init__(self, cfg: Any, source: socket.socket, source_addr: Any) -> None:
        super().__init__(cfg, source, source_addr)
        self.unreader = Reader(source)

    def __next__(self) -> Any:
        self.unreader.begin()
        return super().__next__()
