"""Cells of CSV that a spreadsheet may open: none is taken for a formula, whatever a member wrote into it."""

from __future__ import annotations

from typing import Final

FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")


def quoted_cell(text: str | None) -> str:
    """Return the cell in quotes, with `'` before what a spreadsheet would run; an empty cell for None."""
    if text is None:
        return ""
    mark = "'" if text and not FORMULA.isdisjoint((text[0], text.strip()[:1])) else ""
    return f'"{mark}{text}"' if '"' not in text else '"{}{}"'.format(mark, text.replace('"', '""'))
