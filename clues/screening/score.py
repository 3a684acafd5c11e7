"""The score of a hit: 0 to 100, as the sum of terms that are shown with it.

Points by independent groups, evidence grade, recency (half-life by type) and specificity of the
type. The table is the rule; a term that is zero is left out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aif_share.identifiers import get_type

GROUP_POINTS = ((5, 40), (3, 34), (2, 26), (1, 14))
GRADE_POINTS = {"A": 30, "B1": 25, "B2": 18, "C": 6}
RECENCY_POINTS = 20
LINK_POINTS = {2: 10, 1: 6, 0: 3}
HALF_LIFE = {2: timedelta(days=3 * 365), 1: timedelta(days=180), 0: timedelta(days=60)}


@dataclass(frozen=True)
class Term:
    """One part of a score: its name and what it adds."""

    term: str
    points: int


def score(*, kind: str, groups: int, best_grade: str, last_seen_at: datetime, now: datetime) -> tuple[int, list[Term]]:
    """Return the score and its terms; the terms add up to the score."""
    link = get_type(kind).link
    age = max(now - last_seen_at, timedelta(0))
    recency = round(RECENCY_POINTS * 0.5 ** (age / HALF_LIFE[link]))
    terms = [
        Term("independent-groups", next((p for n, p in GROUP_POINTS if groups >= n), 0)),
        Term("grade", GRADE_POINTS[best_grade]),
        Term("recency", recency),
        Term("specificity", LINK_POINTS[link]),
    ]
    terms = [term for term in terms if term.points]
    return sum(term.points for term in terms), terms
