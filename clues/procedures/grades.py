"""Clues whose grade rested on what an authority has taken back: each is a proposal to its own institution to step down.

撤案, 不起诉, 无罪 and 撤销处罚 lower the grade. The institution corrects the clue, which sends it to review again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from aif_share.vocabulary import tracks
from clues.procedures.queries import STANDING, ProceedingView
from members.models import reference
from members.permissions import Viewer

MOST: Final = 100
CLUES: Final = """
SELECT c.id, c.client_ref, c.grade FROM clue c
WHERE c.institution_id = %(institution)s AND c.state = 'active' AND c.grade IN ('A', 'B1') AND c.id IN (
    SELECT s.clue_id FROM case_file k JOIN match m ON m.id = k.match_id
    JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.institution_id = %(institution)s
    WHERE k.id = %(case)s
    UNION
    SELECT e.clue_id FROM case_file k JOIN ring r ON r.id = k.ring_id JOIN ring_edge e ON e.component = r.component
    WHERE k.id = %(case)s)
ORDER BY c.id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class StepDown:
    """One clue that stands at a grade which an authority's document no longer carries."""

    clue: str
    client_ref: str
    grade: str


def list_steps_down(*, case: int, proceedings: list[ProceedingView], viewer: Viewer) -> list[StepDown]:
    """Return own clues of the case, by its number, that should step down; none while nothing that stands lowers them."""
    standing = (entry for each in proceedings for entry in each.entries if entry.status == STANDING)
    if not any(tracks.BY_CODE[entry.track].state(entry.state).lowers_grade for entry in standing):
        return []
    names: dict[str, Any] = {"institution": viewer.institution_id, "case": case, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(CLUES, names)
        return [StepDown(reference.encode("C", number), ref, grade) for number, ref, grade in cursor.fetchall()]
