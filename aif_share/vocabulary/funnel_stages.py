"""The way of a clue from its arrival to an outcome, stage by stage."""

from .term import Term, by_code

ROWS = (
    Term("clue", "线索", "Clue"),
    Term("match", "命中", "Match"),
    Term("warned", "预警", "Warned"),
    Term("disposed", "处置", "Disposed"),
    Term("reported", "移交", "Handed over"),
    Term("outcome", "结果", "Outcome"),
)
BY_CODE = by_code(ROWS)
