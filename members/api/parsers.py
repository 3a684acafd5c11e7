"""JSON bodies for views that read `request.data`: bounded, UTF-8, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_noop
from rest_framework.parsers import BaseParser

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY
from members.api.body import BodyTooLarge, check_encoding, keep_body
from members.api.documents import UTF_8, load_json

__all__ = ["JSONParser", "load_json"]


class JSONParser(BaseParser):
    """Read a JSON body of at most `MAX_BODY` bytes; refusals never repeat what was sent."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the document; refuse `media-type`, `too-large`, `charset` or `malformed`."""
        request = (parser_context or {})["request"]
        check_encoding(request)
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > MAX_BODY:
            raise BodyTooLarge
        charset = request.content_params.get("charset", "utf-8") if hasattr(request, "content_params") else "utf-8"
        if charset.strip('"').lower() not in UTF_8:
            raise Refusal("charset", gettext_noop("Send JSON in UTF-8."))
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        keep_body(request._request, body)
        return load_json(body)
