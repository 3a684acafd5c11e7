"""What spreadsheets have been made to run: forty notes and ten references, each a formula if it is taken as it is."""

from __future__ import annotations

from typing import Final

_CALLS: Final = (
    "cmd|' /C calc'!A0",
    'HYPERLINK(A1,"look")',
    "1+1",
    "SUM(A1:A9)",
    "WEBSERVICE(A1)",
    "DDE(cmd)",
    'IMPORTXML(A1,"//a")',
    'IF(1=1,"a","b")',
)
NOTES: Final = tuple(f"{sign}{call}" for call in _CALLS for sign in ("=", "+", "-", "@", "＝"))
"""As a member writes them; the last sign is the full-width one, which some programs take for the plain one."""
REFS: Final = ("=1+1", "+1", "-1", "@SUM", "=A1", "+A1", "-A1", "@A1", "=a/b", "+a:b")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run the cell: told by its first sign, blanks before it aside."""
    return cell.strip()[:1] in tuple("=+-@＝＋－＠")
