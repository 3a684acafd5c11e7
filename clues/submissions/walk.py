"""Walks through an institution's clues by any filters, newest batch first, without reading what does not fit.

The index `clue_filters` holds the clues of an institution by state, review, grade and category, and within these by batch
and id. A list walks each combination of codes that its filters leave (1,600 at most) backward from where the page starts,
no further than a page, and merges what they find: the cost does not grow with the number of clues. A span of days is a
span of batches, for a clue is received with its batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aif_share.vocabulary import categories, grades
from clues.models import Clue

STATES: Final = (Clue.ACTIVE, Clue.WITHDRAWN, Clue.DISPUTED, Clue.EXPIRED)
REVIEWS: Final = (Clue.WAITING, Clue.AT_DESK, Clue.CONFIRMED, Clue.RETURNED)
GRADES: Final = tuple(row.code for row in grades.ROWS)
CATEGORIES: Final = tuple(row.code for row in categories.ROWS)
LAST: Final = 2**63 - 1

# `where` takes literals of this package alone.
WALK = """
unnest(%(states)s::text[]) AS w1 (state), unnest(%(reviews)s::text[]) AS w2 (review),
unnest(%(grades)s::text[]) AS w3 (grade), unnest(%(categories)s::text[]) AS w4 (category)
CROSS JOIN LATERAL (
    SELECT c.* FROM clue c
    WHERE c.institution_id = %(institution)s AND c.state = w1.state AND c.review = w2.review AND c.grade = w3.grade
        AND c.category = w4.category AND c.batch_id BETWEEN %(first_batch)s AND %(last_batch)s
        AND (c.batch_id, c.id) < (%(before_batch)s, %(before_id)s) {where}
    ORDER BY c.batch_id DESC, c.id DESC LIMIT %(limit)s
) c
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which codes and batches a walk goes through; empty codes stand for all."""

    institution: int
    states: Sequence[str] = ()
    reviews: Sequence[str] = ()
    grades: Sequence[str] = ()
    categories: Sequence[str] = ()
    first_batch: int = 0
    last_batch: int = LAST
    before: tuple[int, int] = field(default=(LAST, LAST))

    def names(self, *, limit: int) -> dict[str, Any]:
        """Return the parameters of `WALK`.

        PostgreSQL starts to walk at one of the two upper bounds, so each of them is as low as the other.
        """
        before = min(self.before, (self.last_batch, LAST))
        return {
            "institution": self.institution,
            "states": list(self.states or STATES),
            "reviews": list(self.reviews or REVIEWS),
            "grades": list(self.grades or GRADES),
            "categories": list(self.categories or CATEGORIES),
            "first_batch": self.first_batch,
            "last_batch": before[0],
            "before_batch": before[0],
            "before_id": before[1],
            "limit": limit,
        }
