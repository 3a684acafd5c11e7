"""Pages of a list by a sealed cursor: nothing in the address tells a row number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from aif_share.errors import Refusal
from members.api.pagination import decode_cursor, encode_cursor

SIZE = 25


@dataclass(frozen=True)
class Page:
    """Up to SIZE rows, and the cursor of the page behind them."""

    rows: Sequence[Any]
    next: str | None
    is_first: bool


def get_position(request: HttpRequest, *, scope: str) -> list[Any] | None:
    """Return where the asked-for page starts, None for the first one. A foreign or broken cursor is 404."""
    cursor = request.GET.get("cursor")
    if cursor is None:
        return None
    try:
        return decode_cursor(cursor, scope=scope)
    except Refusal:
        raise Http404 from None


def make_page(
    request: HttpRequest, rows: Sequence[Any], *, scope: str, position_of: Callable[[Any], Sequence[Any]]
) -> Page:
    """Make a page of `rows`, which hold one row more than SIZE if there is a next page."""
    shown = rows[:SIZE]
    more = len(rows) > SIZE
    return Page(
        rows=shown,
        next=encode_cursor(position_of(shown[-1]), scope=scope) if more else None,
        is_first="cursor" not in request.GET,
    )
