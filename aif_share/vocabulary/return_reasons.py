"""Why a second person returns a clue to whoever submitted it."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("evidence-missing", "缺少证据材料", "The evidence is missing"),
    Term("grade-too-high", "证据等级偏高", "The grade is too high"),
    Term("document-unclear", "法律文书不清楚", "The authority's document is unclear"),
    Term("wrong-category", "类别不符", "The wrong category"),
    Term("wrong-identifier", "标识有误", "An identifier is wrong"),
    Term("wrong-role", "标识角色有误", "An identifier has the wrong role"),
    Term("not-a-clue", "不构成线索", "Not a clue"),
)
BY_CODE = by_code(ROWS)
