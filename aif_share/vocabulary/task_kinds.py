"""Tasks of a case: what a party is asked to do for it, and how long it has unless somebody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class TaskKind(Term):
    """One kind of task; `days` are calendar days, and the last one counts whole."""

    days: int = 10


ROWS = (
    TaskKind("provide-evidence", "补充证据材料", "Provide evidence", days=10),
    TaskKind("confirm-amounts", "核实涉案金额", "Confirm the amounts", days=7),
    TaskKind("contact-victims", "经自有渠道联系受害人", "Contact victims through own channels", days=7),
    TaskKind("confirm-identifiers", "核对标识", "Confirm identifiers", days=5),
    TaskKind("check-dispositions", "核查处置情况", "Check dispositions", days=5),
    TaskKind("draft-facts", "起草案情事实", "Draft the facts", days=10),
    TaskKind("other", "其他", "Other", days=10),
)
BY_CODE = by_code(ROWS)
