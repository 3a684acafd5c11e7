"""Abnormality level of a rights claim: a label imported with its guideline's version, never computed here."""

from .term import Term, by_code

ROWS = (
    Term("primary", "一级", "Primary"),
    Term("secondary", "二级", "Secondary"),
)
BY_CODE = by_code(ROWS)
