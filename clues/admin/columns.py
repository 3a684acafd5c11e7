"""Columns of the desk's lists and pages, under the name by which the pages of clues know them."""

from members.admin.columns import (
    TYPES,
    ColumnsAdmin,
    ReferenceAdmin,
    code_filter,
    link,
    listed,
    local,
    ref,
    shown,
    table,
    word,
)

__all__ = [
    "TYPES",
    "ColumnsAdmin",
    "ReferenceAdmin",
    "code_filter",
    "link",
    "listed",
    "local",
    "ref",
    "shown",
    "table",
    "word",
]
