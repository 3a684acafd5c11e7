"""Kinds of official requests: what an authority asks the alliance for, and how long an answer may take unless it says so."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

ASSISTANCE, EVIDENCE = "assistance", "evidence"


@dataclass(frozen=True)
class OfficialKind(Term):
    """`days`: working days in which the alliance answers where the document names none; `member_days`: of them, members'."""

    days: int = 10
    member_days: int = 5


ROWS = (
    OfficialKind(ASSISTANCE, "协查", "Assistance with an investigation", days=10, member_days=5),
    OfficialKind(EVIDENCE, "调证", "Evidence called for", days=5, member_days=3),
)
BY_CODE = by_code(ROWS)
