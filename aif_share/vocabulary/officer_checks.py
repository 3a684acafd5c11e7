"""Ways in which it was verified that an officer is one, and is sent by the unit."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("called-back", "经单位公开电话回拨核实", "Called back by the unit's published number"),
    Term("in-person", "当面查验工作证件", "Service card seen in person"),
    Term("official-system", "经官方平台核实", "By an official platform"),
    Term("unit-letter", "经单位书面确认", "Confirmed by the unit in writing"),
)
BY_CODE = by_code(ROWS)
