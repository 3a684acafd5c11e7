"""The row every vocabulary list is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, TypeVar

NO_MAPPINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Term:
    """One value of a list: its stable API code (lower-kebab), labels, the scheme it comes from, and its names elsewhere.

    `mappings` goes from a foreign scheme ("misp", "stix", "iso-3166-2") to the value's name there.
    """

    code: str
    zh: str
    en: str
    source: str = ""
    mappings: Mapping[str, str] = field(default_factory=lambda: NO_MAPPINGS, hash=False)

    def as_row(self) -> dict[str, Any]:
        """Every field of the row as JSON-ready values."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


TermT = TypeVar("TermT", bound=Term)


def by_code(rows: Iterable[TermT]) -> Mapping[str, TermT]:
    """Index rows by code; a code that stands twice is a ValueError."""
    index: dict[str, TermT] = {}
    for row in rows:
        if row.code in index:
            raise ValueError(f"the code {row.code} stands twice")
        index[row.code] = row
    return MappingProxyType(index)


def _plain(value: Any) -> Any:
    if isinstance(value, Term):
        return value.as_row()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value
