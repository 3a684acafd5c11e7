"""Request bodies as bytes: bounded before and while they are read. What they mean is the domain's business."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY

_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})


class MediaTypeRefused(Refusal):
    """The body is not declared as JSON."""

    def __init__(self) -> None:
        super().__init__("media-type", gettext_noop("Send Content-Type: application/json."))


class BodyTooLarge(Refusal):
    """More bytes than one request may have; nothing behind the limit is read."""

    def __init__(self) -> None:
        super().__init__("too-large", gettext_noop("Send smaller pieces."), limit=MAX_BODY)


def read_json_bytes(request: HttpRequest) -> bytes:
    """Return the body, `MAX_BODY` bytes at most, of a request that says it is JSON in UTF-8.

    Raise Refusal: `media-type`, `charset`, `too-large`, or `malformed` for a body that breaks off.
    """
    if request.content_type != "application/json":
        raise MediaTypeRefused
    charset = (request.content_params or {}).get("charset")
    if charset is not None and charset.strip('"').lower() not in _UTF_8:
        raise Refusal("charset", gettext_noop("Send JSON in UTF-8."))
    if request.META.get("wsgi.input_terminated") and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", ""):
        return _bounded(request.META["wsgi.input"])  # no length to go by, and Django would see an empty body
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > MAX_BODY:
        raise BodyTooLarge
    body = _bounded(request)
    if len(body) != int(length):
        raise Refusal("malformed", gettext_noop("The body breaks off before its end."))
    return body


def read_json_object(request: HttpRequest) -> dict[str, Any]:
    """Return the body as an object; raise Refusal as `read_json_bytes`, or `malformed` or `charset`."""
    body = read_json_bytes(request)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
        if not _is_plain_utf_8(body):
            raise Refusal("charset", gettext_noop("Send JSON in UTF-8.")) from None
    if not isinstance(document, dict):
        raise Refusal("malformed", gettext_noop("The body must be a JSON object."))
    return document


def _bounded(stream: Any) -> bytes:
    body: bytes = stream.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise BodyTooLarge
    return body


def _is_plain_utf_8(body: bytes) -> bool:
    """Without the byte order mark that JSON does not allow either (RFC 8259 section 8.1)."""
    try:
        return not body.decode("utf-8").startswith("\ufeff")
    except UnicodeDecodeError:
        return False
