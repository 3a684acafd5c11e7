"""How the platform does, for the desk: rows of one table, which packages add to.

A row looks at what the database knows; nothing here asks another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at: what it is, what was seen, and whether somebody should look into it."""

    label: StrOrPromise
    value: Any
    is_bad: bool = False
    note: StrOrPromise = ""


@dataclass(frozen=True)
class Part:
    """One section of the page."""

    code: str
    label: StrOrPromise
    look: Callable[[], Iterable[Sign]]


PARTS: dict[str, Part] = {}


def add(part: Part) -> None:
    """Add a section; a code that stands twice is an error of the program."""
    if part.code in PARTS:
        raise ValueError(f"the section {part.code} stands twice")
    PARTS[part.code] = part


def look() -> list[tuple[Part, list[Sign]]]:
    """Return every section with what it sees now."""
    return [(part, list(part.look())) for part in PARTS.values()]
