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


def attachment(
    content: io.RawIOBase,
    *,
    size: int,
    file_name: str,
    is_own_name: bool = False,
    content_type: str = "application/octet-stream",
) -> StreamingHttpResponse:
    """Return `size` bytes of content as a file to take away: of no type that a browser shows, sandboxed, kept by no cache.

    The content is closed once it is sent, or not wanted any more. `is_own_name`: we named it, in plain letters; what others
    call a file is encoded (RFC 8187). Another type than the one that says nothing is for what we made ourselves.
    """
    name = f'filename="{file_name}"' if is_own_name else f"filename*=UTF-8''{quote(file_name, safe='')}"
    response = StreamingHttpResponse(_pieces(content), content_type=content_type)
    response["Content-Length"] = str(size)
    response["Content-Disposition"] = f"attachment; {name}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "no-store"
    return response


def _pieces(content: io.RawIOBase) -> Iterator[bytes]:
    with content:
        while piece := content.read(PIECE):
            yield piece
