"""Why a platform, or the alliance, does not take content down."""

from .term import Term, by_code

ROWS = (
    Term("not-unlawful", "内容不违规", "Nothing unlawful in it"),
    Term("not-found", "内容已不存在", "Not there any more"),
    Term("evidence-missing", "证据不足", "Not enough evidence"),
    Term("wrong-platform", "不属于该平台", "Not of this platform"),
    Term("rights-holder", "权利人或本人合法发布", "Published by its rightful owner"),
)
BY_CODE = by_code(ROWS)
