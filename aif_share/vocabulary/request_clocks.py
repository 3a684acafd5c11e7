"""Clocks of requests: minutes around the clock, or Chinese working days."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class RequestClock(Term):
    """Either so many minutes after the receiver can see it, or the end of so many working days after that day."""

    minutes: int = 0
    working_days: int = 0


ROWS = (
    RequestClock("urgent", "紧急（15 分钟）", "Urgent (15 minutes)", minutes=15),
    RequestClock("normal", "普通（2 个工作日）", "Normal (2 working days)", working_days=2),
)
BY_CODE = by_code(ROWS)
