"""Problems in the OpenAPI document; they lie in `members.api.problem_shapes`."""

from members.api.problem_shapes import (
    FRAMING,
    OPEN_READING,
    PAGING,
    READING,
    REPEATING,
    TOKEN,
    VERSIONED,
    answer,
    problems,
)

__all__ = ["FRAMING", "OPEN_READING", "PAGING", "READING", "REPEATING", "TOKEN", "VERSIONED", "answer", "problems"]
