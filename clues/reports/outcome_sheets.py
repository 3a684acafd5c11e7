"""Outcomes as CSV, in both languages: opened by a spreadsheet, none of its cells is run (aif_share.wire.csv_cells)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from aif_share.vocabulary import categories, funnel_stages, outcome_counters
from aif_share.wire.csv_cells import quoted_cell
from clues.reports.counting import Figure
from clues.reports.funnel import Funnel
from clues.reports.outcomes import CaseShare

BOM = "\ufeff"  # spreadsheets read UTF-8 by it
HEAD = ("counter", "中文", "English", "unit")


def counters_sheet(own: Mapping[str, Decimal], alliance: Iterable[Figure] = ()) -> str:
    """Return the counters as a sheet; with the alliance's beside one's own if they are given."""
    beside = {figure.counter: figure for figure in alliance}
    heads = [*HEAD, "value", *(["alliance"] if beside else [])]
    rows = [
        [
            row.code,
            row.zh,
            row.en,
            row.unit,
            _plain(own.get(row.code)),
            *([_figure(beside.get(row.code))] if beside else []),
        ]
        for row in outcome_counters.ROWS
    ]
    return _sheet([heads, *rows])


def cases_sheet(counter: str, shares: Sequence[CaseShare]) -> str:
    """Return the cases behind a counter as a sheet."""
    rows = [[counter, share.case, _plain(share.part), str(share.proceedings)] for share in shares]
    return _sheet([["counter", "case", "value", "proceedings"], *rows])


def funnels_sheet(funnels: Iterable[Funnel]) -> str:
    """Return the funnels as a sheet, a row for each stage of each category."""
    rows = []
    for funnel in funnels:
        category = categories.BY_CODE[funnel.category]
        for stage in funnel.stages:
            name = funnel_stages.BY_CODE[stage.stage]
            numbers = (stage.clues, stage.share, stage.step, stage.median_seconds)
            rows.append(
                [category.code, category.zh, category.en, name.code, name.zh, name.en]
                + ["" if number is None else str(number) for number in numbers]
            )
    heads = ["category", "类别", "Category", "stage", "环节", "Stage", "clues", "percent of clues",
             "percent of the stage before", "median seconds from the clue"]  # fmt: skip
    return _sheet([heads, *rows])


def _figure(figure: Figure | None) -> str:
    if figure is None or figure.value is None:
        return ""
    return "<10" if figure.below_ten else _plain(figure.value)


def _plain(value: Decimal | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.2f}"


def _sheet(rows: Iterable[Sequence[str]]) -> str:
    return BOM + "".join(",".join(quoted_cell(cell) for cell in row) + "\r\n" for row in rows)
