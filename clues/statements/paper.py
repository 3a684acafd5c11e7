"""A statement as sections of lines, stored as they were shown, and as files: CSV for programs, PDF for people, both in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from aif_share.vocabulary import categories, outcome_counters, sectors, statement_lines
from aif_share.vocabulary.outcome_counters import CNY
from aif_share.vocabulary.statement_lines import PERCENT, SECONDS
from aif_share.vocabulary.term import Term
from aif_share.wire.csv_cells import quoted_cell

BOM: Final = "\ufeff"  # spreadsheets read UTF-8 by it
PERSON_ROLES: Final = (
    Term("submitter", "上报人员", "Submitter"), Term("analyst", "分析人员", "Analyst"), Term("approver", "审批人员", "Approver"),
    Term("member-admin", "成员管理员", "Member administrator"), Term("auditor", "审计人员", "Auditor"),
)  # fmt: skip
LISTS: Final[Mapping[str, Mapping[str, Term]]] = MappingProxyType(
    {
        "outcome-counters": outcome_counters.BY_CODE,
        "statement-lines": statement_lines.BY_CODE,
        "categories": categories.BY_CODE,
        "sectors": sectors.BY_CODE,
        "person-roles": MappingProxyType({row.code: row for row in PERSON_ROLES}),
    }
)
"""Where the codes of a section's lines have their labels."""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one head: `rows` are (code of the list, the values of the columns as text, None where not told)."""

    code: str
    list: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]

    def as_stored(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return {"code": self.code, "list": self.list, "columns": list(self.columns),
                "rows": [[code, *values] for code, values in self.rows]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line to show: its term, its unit, its values."""

    term: Term
    unit: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A section to show."""

    term: Term
    columns: tuple[Term, ...]
    lines: tuple[Line, ...]


def show(figures: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """Return stored sections with their terms."""
    return [
        Shown(
            statement_lines.BY_CODE[section["code"]],
            tuple(statement_lines.BY_CODE[code] for code in section["columns"]),
            tuple(_line(LISTS[section["list"]][code], values) for code, *values in section["rows"]),
        )
        for section in figures
    ]


def as_csv(head: Sequence[tuple[str, str]], figures: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the figures as a sheet, a row for each value; `head` are its first rows."""
    rows: list[Sequence[str | None]] = [*head, ("section", "line", "中文", "English", "unit", "column", "value")]
    for section in show(figures):
        for line in section.lines:
            for column, value in zip(section.columns, line.values, strict=True):
                rows.append(
                    (section.term.code, line.term.code, line.term.zh, line.term.en, line.unit, column.code, value or "")
                )
    return (BOM + "".join(",".join(quoted_cell(cell) for cell in row) + "\r\n" for row in rows)).encode()


def as_pdf(context: Mapping[str, Any], figures: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the figures as a page to print."""
    from clues import pdf  # brings Pango, so it is loaded where a statement is made

    return pdf.render("clues/statements/paper.html", {**context, "sections": show(figures)})


def _line(term: Term, values: Iterable[str | None]) -> Line:
    return Line(term, str(getattr(term, "unit", "number")), tuple(values))


def plain(value: str | None, unit: str) -> str:
    """Return a stored value as both languages read it; a dash for what is not told."""
    if value is None:
        return "—"
    if value.startswith("<"):
        return value
    if unit == CNY:
        return f"¥{float(value):,.2f}"
    if unit == PERCENT:
        return f"{value}%"
    if unit == SECONDS:
        return _time(int(value))
    return f"{int(value):,}"


def _time(seconds: int) -> str:
    for size, sign in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {sign}"
    return f"{seconds} s"
