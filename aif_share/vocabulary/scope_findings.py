"""What can speak against the scope of an official request."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("not-of-the-alliance", "联盟不对外提供此项", "The alliance gives this to nobody"),
    Term("authority-may-not", "该类机关不得要求此项", "An authority of this kind may not ask for it"),
    Term("kind-does-not-carry", "该类文书不能要求此项", "A request of this kind cannot ask for it"),
    Term("basis-does-not-cover", "法律依据不适用", "The legal basis does not cover it"),
    Term("subjects-missing", "未指明对象", "No subjects are named"),
    Term("too-many-subjects", "对象过多", "Too many subjects"),
    Term("period-missing", "未指明期间", "No period is named"),
    Term("period-too-long", "期间过长", "The period is too long"),
    Term("document-too-old", "文书已逾有效期", "The document is too old"),
)
BY_CODE = by_code(ROWS)
