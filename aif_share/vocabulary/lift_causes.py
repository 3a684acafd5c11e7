"""Why the ground of a measure has fallen. A cause says nothing of who reported, disputed or withdrew."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class LiftCause(Term):
    """`gravity`: what is graver is told also to whoever kept the measure after something lighter.

    1: the match stands, but on less than the institution was shown when it acted; 2: the match or the case is gone;
    3: the institution's own clue is gone.
    """

    gravity: int = 3


ROWS = (
    LiftCause("withdrawn", "线索已撤回", "The clue was withdrawn"),
    LiftCause("refuted", "异议成立，线索有误", "The clue was found wrong"),
    LiftCause("lapsed", "异议逾期未答复，线索失效", "The clue lapsed: a dispute was not answered"),
    LiftCause("expired", "线索已到期", "The clue expired"),
    LiftCause("undone", "碰撞命中已不成立", "The match no longer stands", gravity=2),
    LiftCause("dismissed", "专案已不予受理", "The case was dismissed", gravity=2),
    LiftCause("weakened", "碰撞命中依据已减弱", "The match rests on less than when you acted", gravity=1),
)
BY_CODE = by_code(ROWS)
