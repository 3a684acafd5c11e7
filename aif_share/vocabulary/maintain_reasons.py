"""Reasons of an institution that stands by a disputed clue."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("evidence-held", "证据在案", "Evidence is on file"),
    Term("verified-again", "已再次核实", "Verified again"),
    Term("authority-confirmed", "有权机关已确认", "Confirmed by an authority"),
    Term("dispute-unfounded", "异议理由不成立", "The reason of the dispute does not hold"),
)
BY_CODE = by_code(ROWS)
