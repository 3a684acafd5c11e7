"""Files that somebody else made, given out to be kept and never to be shown: by the API, the portal and the desk alike."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from django.http import StreamingHttpResponse

PIECE: Final = 256 * 1024
SANDBOX: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of an answer that holds what somebody else made: nothing in it runs or loads, wherever it is shown."""


def attachment(content: io.RawIOBase, *, size: int, file_name: str) -> StreamingHttpResponse:
    """Return `size` bytes of content as a file to take away: of no type that a browser shows, sandboxed, kept by no cache.

    The content is closed once it is sent, or not wanted any more.
    """
    response = StreamingHttpResponse(_pieces(content), content_type="application/octet-stream")
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "no-store"
    return response


def _pieces(content: io.RawIOBase) -> Iterator[bytes]:
    with content:
        while piece := content.read(PIECE):
            yield piece
