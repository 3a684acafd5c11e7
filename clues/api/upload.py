"""The body of a large upload, block by block: what was announced has to arrive, and nothing lies in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_STREAM_BODY
from members.api.body import check_encoding
from members.api.documents import UTF_8

BLOCK: Final = 256 * 1024
AT_ONCE: Final = 3
"""Uploads that one process reads at once, about 20 MB of memory each: one thread of four is left for everybody else."""

RETRY_AFTER: Final = 5


class _Places:
    """Who uploads in this process: no institution twice, so that none can take all the places."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    def take(self, institution_id: int) -> bool:
        """Take a place, if there is one for this institution."""
        with self._lock:
            if institution_id in self._taken or len(self._taken) >= self._number:
                return False
            self._taken.add(institution_id)
            return True

    def leave(self, institution_id: int) -> None:
        """Give the place back."""
        with self._lock:
            self._taken.remove(institution_id)


_places = _Places(AT_ONCE)


@contextmanager
def a_place(institution_id: int) -> Iterator[None]:
    """Hold one of the places for uploads; raise Refusal `unavailable` when all are taken, or one by this institution."""
    places = _places
    if not places.take(institution_id):
        raise Refusal(
            "unavailable",
            gettext_noop("Other large uploads are under way. Repeat this one under the same Idempotency-Key."),
            retry_after=RETRY_AFTER,
        )
    try:
        yield
    finally:
        places.leave(institution_id)


def blocks_of(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body, `MAX_STREAM_BODY` bytes at most.

    Raise Refusal: `media-type` for a packed body, `charset`, `too-large`, `malformed` for a body that breaks off.
    """
    check_encoding(request)
    charset = (request.content_params or {}).get("charset")
    if charset is not None and charset.strip('"').lower() not in UTF_8:
        raise Refusal("charset", gettext_noop("Send it in UTF-8."))
    stream, length = _open(request)
    taken = 0
    while length is None or taken < length:
        block = _read(stream, BLOCK if length is None else min(BLOCK, length - taken))
        if not block:
            break
        taken += len(block)
        if taken > MAX_STREAM_BODY:
            raise _too_large()
        yield block
    if length is not None and taken < length:
        raise _broken_off()


def _open(request: HttpRequest) -> tuple[Any, int | None]:
    """Return what to read from, and how many bytes are announced; None for a body in chunks, which marks its own end."""
    if request.META.get("wsgi.input_terminated") and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", ""):
        return request.META["wsgi.input"], None
    text = request.META.get("CONTENT_LENGTH") or "0"
    length = int(text) if text.isascii() and text.isdigit() else 0
    if length > MAX_STREAM_BODY:
        raise _too_large()
    return request, length


def _read(stream: Any, size: int) -> bytes:
    try:
        block: bytes = stream.read(size)
    except OSError:  # what the server says of a connection that is gone
        raise _broken_off() from None
    return block


def _broken_off() -> Refusal:
    return Refusal("malformed", gettext_noop("The body breaks off before its end."))


def _too_large() -> Refusal:
    return Refusal("too-large", gettext_noop("Send smaller pieces."), limit=MAX_STREAM_BODY)
