"""The figures of the bulletin: every counter of outcomes, in the month, in the year up to its end, and since the beginning.

They are the desk's own (clues/reports/outcomes.py): of proceedings that began in the span and dispositions done in it. The
edition for members tells of each what the page of outcomes tells: rounded, and only where enough institutions stand behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from aif_share.vocabulary import outcome_counters
from aif_share.vocabulary.outcome_counters import CNY, PROVINCES
from clues.reports.contribution import LEAST_INSTITUTIONS, round_sum
from clues.reports.counters import total_of
from clues.reports.funnel import BEHIND, PARTS
from clues.reports.outcomes import CODES, FOUND, Scope, names_of

from .paper import Section
from .periods import Period

COLUMNS: Final = ("period", "year", "all")
COUNT: Final = f"""{FOUND}, per_case AS (SELECT case_id, {PARTS} FROM run GROUP BY case_id), behind AS (
    SELECT {", ".join(f"{count} AS n{turn}" for turn, count in enumerate(BEHIND))}
    FROM per_case JOIN case_party cp ON cp.case_id = per_case.case_id
), total AS (SELECT {", ".join(f"{total_of(code)} AS t{turn}" for turn, code in enumerate(CODES))} FROM run)
SELECT total.*, behind.* FROM total, behind
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter over all cases, and how many institutions stand behind it."""

    value: Decimal
    institutions: int


def count(scope: Scope) -> dict[str, Counted]:
    """Return every counter over a scope."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, names_of(scope, viewer=None))
        row = cursor.fetchone()
    values, behind = row[: len(CODES)], row[len(CODES) :]
    return {code: Counted(Decimal(values[turn]), int(behind[turn])) for turn, code in enumerate(CODES)}


def scopes(period: Period) -> tuple[Scope, ...]:
    """Return what each of COLUMNS counts."""
    january = period.since.replace(month=1, day=1)
    return (
        Scope(since=period.since, until=period.until),
        Scope(since=january, until=period.until),
        Scope(until=period.until),
    )


def sections(period: Period, *, is_exact: bool) -> list[Section]:
    """Return the figures of a month: as they are, or as members see them."""
    counted = [count(scope) for scope in scopes(period)]
    rows = tuple(
        (row.code, tuple(_told(each[row.code], row.unit, is_exact=is_exact) for each in counted))
        for row in outcome_counters.ROWS
    )
    return [Section("outcomes", "outcome-counters", COLUMNS, rows)]


def _told(counted: Counted, unit: str, *, is_exact: bool) -> str | None:
    if is_exact:
        return f"{counted.value:.2f}" if unit == CNY else str(int(counted.value))
    if counted.institutions < LEAST_INSTITUTIONS:
        return None
    if unit == PROVINCES:
        return str(int(counted.value))
    return "<10" if 0 < counted.value < 10 else str(round_sum(int(counted.value)))
