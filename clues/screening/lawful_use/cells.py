"""Cells: what the rules of a matrix allow, one (purpose, type, category, grade) each; and how two matrices differ.

What a purpose itself forbids (`only_categories` and `grade_floor` of the vocabulary) is taken out here, so no
matrix, however it is written, has a cell for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from aif_share.vocabulary import grades, purposes

from .rules import ALLOWED, CATEGORIES, GRADES, PURPOSES, TYPE_CLASSES, TYPES, Rule


class Cell(NamedTuple):
    """One cell that is allowed."""

    purpose: str
    type: str
    category: str
    grade: str


@dataclass(frozen=True, slots=True)
class Block:
    """Cells that can be said in one line: the product of these codes."""

    purposes: tuple[str, ...]
    types: tuple[str, ...]
    categories: tuple[str, ...]
    grades: tuple[str, ...]

    @property
    def cells(self) -> int:
        """How many cells it stands for."""
        return len(self.purposes) * len(self.types) * len(self.categories) * len(self.grades)


def expand(rules: Iterable[Rule]) -> set[Cell]:
    """Return the cells that the rules allow: the last rule that speaks of a cell decides; the purposes' limits hold."""
    allowed: set[Cell] = set()
    for rule in rules:
        spoken = {Cell(*each) for each in product(rule.purposes, rule.types, rule.categories, rule.grades)}
        allowed = allowed | spoken if rule.verdict == ALLOWED else allowed - spoken
    return {cell for cell in allowed if may_ever_answer(cell)}


def may_ever_answer(cell: Cell) -> bool:
    """Whether the purpose's own limits leave the cell open."""
    purpose = purposes.BY_CODE[cell.purpose]
    if purpose.only_categories and cell.category not in purpose.only_categories:
        return False
    return purpose.grade_floor is None or grades.is_at_least(cell.grade, purpose.grade_floor)


def count_by_class(cells: AbstractSet[Cell]) -> list[tuple[str, str, str, int, int]]:
    """Return (purpose, class of types, grade, allowed, all) in the order of the vocabulary: the summary of a matrix.

    `all` counts what the purpose's own limits leave open.
    """
    counted = []
    for purpose, name, grade in product(PURPOSES, TYPE_CLASSES, GRADES):
        open_cells = {
            cell
            for kind, category in product(TYPE_CLASSES[name], CATEGORIES)
            if may_ever_answer(cell := Cell(purpose, kind, category, grade))
        }
        counted.append((purpose, name, grade, len(cells & open_cells), len(open_cells)))
    return counted


def blocks(cells: AbstractSet[Cell]) -> list[Block]:
    """Return the cells as few lines: equal parts of purposes are joined, then equal parts of types.

    Every cell stands in exactly one block.
    """
    parts: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for cell in cells:
        parts.setdefault((cell.purpose, cell.type), set()).add((cell.category, cell.grade))
    types_of: dict[tuple[str, frozenset[tuple[str, str]]], set[str]] = {}
    for (purpose, kind), part in parts.items():
        types_of.setdefault((purpose, frozenset(part)), set()).add(kind)
    purposes_of: dict[tuple[frozenset[str], frozenset[tuple[str, str]]], set[str]] = {}
    for (purpose, same), kinds in types_of.items():
        purposes_of.setdefault((frozenset(kinds), same), set()).add(purpose)
    found = []
    for (shared, same), of in purposes_of.items():
        categories_of: dict[frozenset[str], set[str]] = {}
        for category in {category for category, _grade in same}:
            own = frozenset(grade for other, grade in same if other == category)
            categories_of.setdefault(own, set()).add(category)
        found += [
            Block(
                _in_order(of, PURPOSES), _in_order(shared, TYPES), _in_order(those, CATEGORIES), _in_order(own, GRADES)
            )
            for own, those in categories_of.items()
        ]
    return sorted(found, key=lambda block: tuple(map(_places, (block.purposes, block.types, block.categories))))


def _in_order(codes: AbstractSet[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(code for code in known if code in codes)


_PLACE = {code: place for known in (PURPOSES, TYPES, CATEGORIES) for place, code in enumerate(known)}


def _places(codes: Sequence[str]) -> list[int]:
    return [_PLACE[code] for code in codes]
