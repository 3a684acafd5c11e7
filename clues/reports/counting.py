"""Every counter of outcomes in one statement, with how many institutions stand behind each; and what members see of one.

A statement that finds `run` and, beside it, `done` (clues/reports/counters.py) says which proceedings and dispositions count;
`OVER` adds them up. All cases, a month or a campaign: no counter means two things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from aif_share.vocabulary import outcome_counters
from aif_share.vocabulary.outcome_counters import PROVINCES
from clues.reports.contribution import LEAST_INSTITUTIONS, round_sum
from clues.reports.counters import DONE_VALUES, VALUES, total_of

CODES: Final = (*VALUES, *DONE_VALUES)
_PARTS: Final = ", ".join(f"sum({value}) AS v{turn}" for turn, value in enumerate(VALUES.values()))
_BEHIND: Final = [f"count(DISTINCT cp.institution_id) FILTER (WHERE v{turn} > 0)" for turn in range(len(VALUES))] + [
    f"(SELECT count(DISTINCT institution_id) FROM done WHERE {value} > 0)"  # noqa: S608
    for value in DONE_VALUES.values()
]
OVER: Final = f"""per_case AS (SELECT case_id, {_PARTS} FROM run GROUP BY case_id),
behind AS (
    SELECT {", ".join(f"{count} AS n{turn}" for turn, count in enumerate(_BEHIND))}
    FROM per_case JOIN case_party cp ON cp.case_id = per_case.case_id
), total AS (SELECT {", ".join(f"{total_of(code)} AS t{turn}" for turn, code in enumerate(CODES))} FROM run)"""  # noqa: S608
"""One row of `total` and one of `behind`: counter and institutions in the order of CODES, t0, t1, … and n0, n1, …"""


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter as it is, and how many institutions stand behind it."""

    counter: str
    value: Decimal
    institutions: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One counter as members see it; None where too few institutions stand behind it."""

    counter: str
    value: Decimal | None
    below_ten: bool


def count(found: str, parameters: Mapping[str, Any]) -> dict[str, Counted]:
    """Return every counter by code. `found` begins with WITH, and ends with `run` and `done` found."""
    with connection.cursor() as cursor:
        cursor.execute(f"{found}, {OVER} SELECT total.*, behind.* FROM total, behind", parameters)  # noqa: S608 # nosec B608
        row = cursor.fetchone()
    size = len(CODES)
    return {
        code: Counted(code, Decimal(value), int(institutions))
        for code, value, institutions in zip(CODES, row[:size], row[size:], strict=True)
    }


def as_members_see(counted: Counted) -> Figure:
    """Return the counter rounded, and nothing of it where fewer than LEAST_INSTITUTIONS stand behind it."""
    if counted.institutions < LEAST_INSTITUTIONS:
        return Figure(counted.counter, None, below_ten=False)
    if outcome_counters.BY_CODE[counted.counter].unit == PROVINCES:
        return Figure(counted.counter, counted.value, below_ten=False)
    return Figure(counted.counter, Decimal(round_sum(int(counted.value))), below_ten=0 < counted.value < 10)
