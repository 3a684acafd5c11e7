"""Evidence grades. `rank` orders them, 0 the best. Nobody is shown as guilty before a judgment."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class Grade(Term):
    """How well a clue is evidenced; `document_required` grades carry an authority's document number."""

    rank: int = 3
    document_required: bool = False


ROWS = (
    Grade(
        "A", "生效判决或终局处罚决定", "Effective judgment or final penalty decision", rank=0, document_required=True
    ),
    Grade("B1", "主管机关已受理或立案", "Accepted or filed by an authority", rank=1, document_required=True),
    Grade("B2", "有书面或音像证据", "Documented", rank=2),
    Grade("C", "涉嫌", "Suspected", rank=3),
)
BY_CODE = by_code(ROWS)


def is_at_least(code: str, floor: str) -> bool:
    """Whether grade `code` is `floor` or better; a KeyError names no value of a person."""
    return BY_CODE[code].rank <= BY_CODE[floor].rank


def best(codes: tuple[str, ...] | list[str]) -> str:
    """The best grade of a non-empty list."""
    return min(codes, key=lambda code: BY_CODE[code].rank)
