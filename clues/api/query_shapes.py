"""Parameters that several operations have in common; they lie in `members.api.query_shapes`."""

from members.api.query_shapes import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    OPTIONAL_IDEMPOTENCY_KEY,
    PAGE_PARAMETERS,
    page_of,
)

__all__ = ["IDEMPOTENCY_KEY", "IF_MATCH", "IF_NONE_MATCH", "OPTIONAL_IDEMPOTENCY_KEY", "PAGE_PARAMETERS", "page_of"]
