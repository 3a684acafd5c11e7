"""JSON bodies: bounded, UTF-8, and an object or a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.utils.translation import gettext_noop
from rest_framework.parsers import BaseParser

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY

_UTF_8 = {"utf-8", "utf8", "us-ascii"}


class JSONParser(BaseParser):
    """Read a JSON body of at most `MAX_BODY` bytes; refusals never repeat what was sent."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the document; refuse `too-large`, `charset` or `malformed`."""
        request = (parser_context or {})["request"]
        _check_length(request.META.get("CONTENT_LENGTH"))
        charset = request.content_params.get("charset", "utf-8") if hasattr(request, "content_params") else "utf-8"
        if charset.strip('"').lower() not in _UTF_8:
            raise Refusal("charset", gettext_noop("Send JSON in UTF-8."))
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise Refusal("too-large", gettext_noop("Send smaller pieces."), limit=MAX_BODY)
        return load_json(body)


def load_json(body: bytes) -> Any:
    """Return the document in `body`; refuse `charset` or `malformed`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("charset", gettext_noop("Send JSON in UTF-8.")) from None
    if body.startswith(b"\xef\xbb\xbf"):
        raise Refusal("malformed", gettext_noop("The body starts with a byte order mark; leave it out."))
    raise Refusal("malformed", gettext_noop("The body is not a JSON document."))


def _check_length(length: str | None) -> None:
    if length and length.isdigit() and int(length) > MAX_BODY:
        raise Refusal("too-large", gettext_noop("Send smaller pieces."), limit=MAX_BODY)
