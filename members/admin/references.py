"""Which page of the desk a reference names: `B-…` leads to the batch. Packages add the kinds they have pages for."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from members.models import reference

Page = Callable[[int], str]
PAGES: dict[str, Page] = {}


def add(kind: str, page: str, *, query: str = "") -> None:
    """Add a kind of reference. `page` is the model's admin (like `clues_batch`): its own page for the row, or, with
    `query` (like `dispute__id__exact={}`), the list of what belongs to it."""
    if kind in PAGES:
        raise ValueError(f"{kind} stands twice")

    def address(number: int) -> str:
        if query:
            return reverse(f"admin:{page}_changelist") + "?" + query.format(number)
        return reverse(f"admin:{page}_change", args=[number])

    PAGES[kind] = address


def find(text: str) -> str | None:
    """Return the address of the page that a reference leads to; None for what is no reference, or has no page."""
    ref = text.strip().upper()
    kind = ref.partition("-")[0]
    number = reference.decode(kind, ref) if kind in PAGES else None
    return None if number is None else PAGES[kind](number)
