"""How an institution's reports fared, by category: what it is shown of itself, and nobody else.

Beta(confirmed + 1, refuted + 1) of what was decided about its clues: disputes, and evidence that it was asked to open. Its
mean starts at one half. It ranks what the alliance looks at first, and answers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from clues.matching import score
from members.permissions import Viewer

# A dispute knows its clue by number; once retention took the clue, what was decided counts in the whole alone.
READ: Final = """
WITH decided AS (
    SELECT c.category::text, x.clue_id, x.state = 'rejected' AS confirms
    FROM disputed_clue x JOIN clue c ON c.id = x.clue_id
    WHERE x.institution_id = %(institution)s AND x.state IN ('lapsed', 'upheld', 'rejected')
    UNION
    SELECT d.category::text, d.clue_id, d.state = 'accepted' FROM evidence_demand d
    WHERE d.institution_id = %(institution)s AND d.state IN ('accepted', 'refuted', 'failed')
)
SELECT category, count(*) FILTER (WHERE confirms), count(*) FILTER (WHERE NOT confirms)
FROM decided GROUP BY category ORDER BY category
"""


@dataclass(frozen=True, slots=True)
class Reputation:
    """Decided clues of one category: borne out, and not."""

    category: str
    confirmed: int
    refuted: int

    @property
    def mean(self) -> float:
        """The mean of Beta(confirmed + 1, refuted + 1): between 0 and 1."""
        return float(score.mean_of(self.confirmed, self.refuted))

    @property
    def percent(self) -> int:
        """The mean in percent."""
        return round(self.mean * 100)


def list_reputation(*, viewer: Viewer) -> list[Reputation]:
    """Return the viewer's own, by category; a category of which nothing was decided is not there."""
    with connection.cursor() as cursor:
        cursor.execute(READ, {"institution": viewer.institution_id})
        return [Reputation(*row) for row in cursor.fetchall()]
