"""How an official request is answered."""

from __future__ import annotations

from .term import Term, by_code

PACKAGE, NO_RECORDS = "package", "no-records"

ROWS = (
    Term(PACKAGE, "以材料包答复", "By a package"),
    Term(NO_RECORDS, "答复无相关记录", "That nothing is held"),
)
BY_CODE = by_code(ROWS)
