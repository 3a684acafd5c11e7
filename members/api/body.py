"""Request bodies as bytes: bounded before and while they are read. What they mean is the domain's business."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY
from members.api.documents import UTF_8, load_json

_KEPT = "_aif_body"


class MediaTypeRefused(Refusal):
    """The body is not declared as JSON, or it is packed."""

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
    if charset is not None and charset.strip('"').lower() not in UTF_8:
        raise Refusal("charset", gettext_noop("Send JSON in UTF-8."))
    return _read(request)


def read_json_object(request: HttpRequest) -> dict[str, Any]:
    """Return the body as an object; raise Refusal as `read_json_bytes` and `load_json`."""
    document = load_json(read_json_bytes(request))
    if not isinstance(document, dict):
        raise Refusal("malformed", gettext_noop("The body must be a JSON object."))
    return document


def kept_body(request: HttpRequest) -> bytes:
    """Return the bytes that were read of this request; of one that nobody read, it must be none, or `{}`.

    Raise Refusal `malformed` for a body where none belongs: it would have no effect.
    """
    kept: bytes | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = _read(request)
        if kept.strip() not in (b"", b"{}"):
            raise Refusal("malformed", gettext_noop("This call takes no body."))
        return b""
    return kept


def check_encoding(request: HttpRequest) -> None:
    """Raise MediaTypeRefused for a packed body: what it unpacks to has no bound."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("identity", ""):
        raise Refusal("media-type", gettext_noop("Send the body as it is, without Content-Encoding."))


def keep_body(request: HttpRequest, body: bytes) -> None:
    """Remember the bytes that were read, for whoever needs to recognize the request again."""
    setattr(request, _KEPT, body)


def _read(request: HttpRequest) -> bytes:
    check_encoding(request)
    if request.META.get("wsgi.input_terminated") and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", ""):
        body = _bounded(request.META["wsgi.input"])  # no length to go by, and Django would see an empty body
    else:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MAX_BODY:
            raise BodyTooLarge
        body = _bounded(request)
        if len(body) != int(length):
            raise _broken_off()
    keep_body(request, body)
    return body


def _bounded(stream: Any) -> bytes:
    try:
        body: bytes = stream.read(MAX_BODY + 1)
    except OSError:  # what the server says of a body that stops coming, or whose chunks have no form
        raise _broken_off() from None
    if len(body) > MAX_BODY:
        raise BodyTooLarge
    return body


def _broken_off() -> Refusal:
    return Refusal("malformed", gettext_noop("The body breaks off before its end."))
