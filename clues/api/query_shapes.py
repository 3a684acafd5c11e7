"""Parameters that several operations have in common."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from members.api.pagination import DEFAULT_SIZE, MAX_SIZE

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "Fresh for each new batch, the same when a request is repeated: the first answer comes again, with "
        "`Idempotency-Replayed: true`. Kept for 30 days."
    ),
)
OPTIONAL_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    OpenApiParameter.HEADER,
    description="Optional: the same key with the same body gives the same answer, uncharged, for 10 minutes.",
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
