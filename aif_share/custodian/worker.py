"""gunicorn's threaded worker, which neither logs nor repeats a request that it cannot read."""

from __future__ import annotations

import json
import socket
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from aif_share.wire import problems

_STATUS = {
    errors.LimitRequestLine: (414, "too-large"),
    errors.LimitRequestHeaders: (431, "too-large"),
}


class CustodianWorker(ThreadWorker):  # type: ignore[misc]
    """Answers unreadable requests with a problem document. gunicorn's own answer and log line quote the request."""

    def refusal_headers(self) -> dict[str, str]:
        """Return the headers of an answer to an unreadable request, beside those that frame it."""
        return {"Cache-Control": "no-store"}

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """Log the kind of error alone; gunicorn calls this for a request that never reached the application."""
        framing = isinstance(exc, errors.ParseException)
        status, code = _STATUS.get(type(exc), (400, "malformed") if framing else (500, "internal"))
        self.log.warning("request not read: %s", type(exc).__name__)
        if req is not None:
            return  # answered already: only the rest of its body could not be read, and the connection ends here
        body = json.dumps(problems.document(code) | {"status": status}).encode()
        head: list[Any] = [
            f"HTTP/1.1 {status} {problems.PROBLEMS[code].title_en}",
            "Connection: close",
            f"Content-Type: {problems.CONTENT_TYPE}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in self.refusal_headers().items()),
        ]
        try:
            util.write_nonblock(client, "\r\n".join(head).encode() + b"\r\n\r\n" + body)
        except OSError:
            self.log.debug("the client has gone")
