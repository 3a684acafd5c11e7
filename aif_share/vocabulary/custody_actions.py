"""What can happen to a piece of evidence while somebody has it: the entries of its chain of custody."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("collected", "收集", "Collected"),
    Term("added", "存入", "Put into the vault"),
    Term("opened", "查阅", "Opened"),
    Term("shared", "对参与方开放", "Shared with the parties"),
    Term("unshared", "取消对参与方开放", "No longer shared"),
    Term("packaged", "编入报案材料包", "Put into a report package"),
    Term("hold-placed", "法律保全", "Placed under legal hold"),
    Term("hold-lifted", "解除法律保全", "Legal hold lifted"),
    Term("destroyed", "销毁", "Destroyed"),
)
BY_CODE = by_code(ROWS)
