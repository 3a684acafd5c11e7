"""Reasons for which the alliance turns an official request down."""

from __future__ import annotations

from .term import Term, by_code

OUT_OF_SCOPE = "out-of-scope"

ROWS = (
    Term(OUT_OF_SCOPE, "超出可提供范围", "Out of scope"),
    Term("officers-not-verified", "经办人员身份无法核实", "The officers could not be verified"),
    Term("document-invalid", "文书不完整或无效", "The document is incomplete or not valid"),
    Term("basis-missing", "缺少法律依据", "Without a legal basis"),
    Term("not-addressed-to-us", "非向联盟提出", "Not addressed to the alliance"),
)
BY_CODE = by_code(ROWS)
