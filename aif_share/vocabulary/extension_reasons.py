"""Reasons of an institution that keeps a clue of its own for another full period."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("new-activity", "有新的活动", "New activity"),
    Term("ongoing-investigation", "仍在调查", "The investigation goes on"),
    Term("case-open", "案件尚未办结", "A case is still open"),
)
BY_CODE = by_code(ROWS)
