"""The figures of the bulletin: every counter of outcomes, in the month, in the year up to its end, and since the beginning.

They are the desk's own (clues/reports/outcomes.py): of proceedings that began in the span and dispositions done in it. The
edition for members tells of each what the page of outcomes tells: rounded, and only where enough institutions stand behind it.
"""

from __future__ import annotations

from typing import Final

from aif_share.vocabulary import outcome_counters
from aif_share.vocabulary.outcome_counters import CNY
from clues.reports import counting
from clues.reports.counting import Counted, as_members_see
from clues.reports.outcomes import FOUND, Scope, names_of

from .paper import Section
from .periods import Period

COLUMNS: Final = ("period", "year", "all")


def count(scope: Scope) -> dict[str, Counted]:
    """Return every counter over a scope."""
    return counting.count(FOUND, names_of(scope, viewer=None))


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
    figure = as_members_see(counted)
    if figure.value is None:
        return None
    return "<10" if figure.below_ten else str(int(figure.value))
