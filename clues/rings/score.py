"""The score of a ring: 0 to 100, the sum of terms that are shown with it, in steps as coarse as the rest of the answer.

The tables are the rule (docs/adr/0032). Every term takes what the viewer is shown anyway: the band and never the number of
groups, the best grade, the types of what is shared, and months. So a party's score says no more than its answer does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from aif_share.identifiers import get_type
from clues.matching.score import Term

GROUP_POINTS: Final[Mapping[str | None, int]] = {"5+": 35, "2-4": 24, "1": 12, None: 12}
GRADE_POINTS: Final[Mapping[str, int]] = {"A": 25, "B1": 20, "B2": 15, "C": 5}
LINK_POINTS: Final[Mapping[int, int]] = {2: 15, 1: 10, 0: 0}
DIVERSITY_POINTS: Final = ((4, 10), (3, 8), (2, 5))  # that many types or more are shared: several dimensions agree
RECENCY_POINTS: Final = ((1, 15), (3, 10), (6, 5))  # the latest clue is at most that many months old


def score(
    *, band: str | None, best_grade: str, types: Iterable[str], last_seen_month: str, today: date
) -> tuple[int, list[Term]]:
    """Return the score and its terms, those of zero points left out; the terms add up to the score.

    `types` are the types of the identifiers that the viewer sees shared, `last_seen_month` is `YYYY-MM`.
    """
    links = [get_type(code).link for code in types]
    terms = [
        Term("independent-groups", GROUP_POINTS[band]),
        Term("grade", GRADE_POINTS[best_grade]),
        Term("strongest-link", LINK_POINTS[max(links, default=0)]),
        Term("shared-types", next((points for least, points in DIVERSITY_POINTS if len(links) >= least), 0)),
        Term(
            "recency", next((points for most, points in RECENCY_POINTS if _months(last_seen_month, today) <= most), 0)
        ),
    ]
    terms = [term for term in terms if term.points]
    return sum(term.points for term in terms), terms


def _months(month: str, today: date) -> int:
    year, number = (int(part) for part in month.split("-"))
    return 12 * (today.year - year) + today.month - number
