"""Reasons of a verdict on a match."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("same-actor", "同一行为人", "The same actor"),
    Term("different-person", "并非同一人", "Another person"),
    Term("recycled-number", "号码已二次放号", "The number has a new holder"),
    Term("shared-identifier", "标识多人共用", "The identifier is shared by many"),
    Term("already-handled", "此前已处理", "Handled before"),
    Term("insufficient", "信息不足", "Not enough to go by"),
    Term("other", "其他", "Other"),
)
BY_CODE = by_code(ROWS)
