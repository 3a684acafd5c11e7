"""Why the ground of a measure has fallen. A cause says nothing of who reported, disputed or withdrew."""

from .term import Term, by_code

ROWS = (
    Term("withdrawn", "线索已撤回", "The clue was withdrawn"),
    Term("refuted", "异议成立，线索有误", "The clue was found wrong"),
    Term("lapsed", "异议逾期未答复，线索失效", "The clue lapsed: a dispute was not answered"),
    Term("expired", "线索已到期", "The clue expired"),
    Term("undone", "碰撞命中已不成立", "The match no longer stands"),
    Term("dismissed", "专案已不予受理", "The case was dismissed"),
)
BY_CODE = by_code(ROWS)
