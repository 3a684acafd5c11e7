"""Stages of the gray-industry chain."""

from .term import Term, by_code

ROWS = (
    Term("advertising", "引流", "Advertising"),
    Term("teaching", "教学", "Teaching"),
    Term("scripting", "话术编写", "Scripting"),
    Term("forging", "伪造材料", "Forging"),
    Term("negotiating", "谈判施压", "Negotiating"),
    Term("cash-out", "变现", "Cash-out"),
)
BY_CODE = by_code(ROWS)
