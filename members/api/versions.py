"""Versions of an entity: `ETag` on what is read, `If-Match` on what is changed (RFC 9110, section 13).

The tag of a version is `"<version>"`. The domain compares it with the row it has locked, and raises `VersionChanged`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal

_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


class VersionChanged(Refusal):
    """The entity has another version than the one the change was made for."""

    def __init__(self) -> None:
        super().__init__("version-changed", gettext_noop("Read it again, and change what is there now."))


def expected_version(request: Request) -> int:
    """Return the version that If-Match names.

    Raise Refusal `precondition-required` without the header, and for `*`: that matches whatever is there (RFC 9110,
    section 13.1.1), so it would let a change through that its author has not seen. Raise `version-changed` for a tag
    that no version has; lists and weak tags are none.
    """
    header = request.META.get("HTTP_IF_MATCH")
    if header is None:
        raise Refusal("precondition-required", gettext_noop("Send If-Match with the ETag of what you read."))
    if header.strip() == "*":
        raise Refusal(
            "precondition-required",
            gettext_noop("`If-Match: *` says nothing of what you read. Send the ETag of it."),
        )
    tag = _TAG.fullmatch(header.strip())
    if tag is None:
        raise VersionChanged
    return int(tag[1])


def etag(version: int) -> str:
    """Return the tag of a version."""
    return f'"{version}"'


def tagged(request: Request, body: Mapping[str, Any], version: int) -> Response:
    """Answer `body` with its ETag; 304 without a body to a reader who has it already (If-None-Match)."""
    tag = etag(version)
    known = {each.strip().removeprefix("W/") for each in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
    if tag in known or "*" in known:
        return Response(None, status=304, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag})
