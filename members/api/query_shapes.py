"""Parameters and pages that several operations have in common."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers as s

from members.api.pagination import DEFAULT_SIZE, MAX_SIZE

_KEY = {"type": "string", "pattern": r"^[!-~]([ -~]{0,253}[!-~])?$", "minLength": 1, "maxLength": 255}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    _KEY,
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "Fresh for each new request, the same when a request is repeated: the first answer comes again, with "
        "`Idempotency-Replayed: true`. Kept for 30 days."
    ),
)
OPTIONAL_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    _KEY,
    OpenApiParameter.HEADER,
    description="Optional: the same key with the same body gives the same answer, uncharged, for 10 minutes.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of what is to be changed. If somebody changed it meanwhile: 412 `version-changed`.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of what you have. If it is still the same: 304, without a body.",
)
PAGE_PARAMETERS = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": DEFAULT_SIZE},
        OpenApiParameter.QUERY,
        description="Rows of a page.",
    ),
    OpenApiParameter(
        "cursor", OpenApiTypes.STR, OpenApiParameter.QUERY, description="From `next`; opaque, of one list only."
    ),
]


def page_of(name: str, row: type[s.Serializer[Any]]) -> type[s.Serializer[Any]]:
    """Return the shape of a page of such rows."""
    members = {
        "__doc__": "One page.",
        "results": row(many=True),
        "next": s.URLField(allow_null=True, help_text="Address of the next page; null on the last."),
    }
    return type(name, (s.Serializer,), members)
