"""What a new institution does first, and how far it is. Once all of it is done nobody hears of it any more."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from members.permissions import Viewer

KEY, BATCH, REVIEW, MATCH = STEPS = ("key", "batch", "review", "match")

# The last two stand in the figures: to find out that there is none would take a look at every clue there is.
DONE = """
SELECT EXISTS (SELECT 1 FROM credential WHERE institution_id = %(institution)s),
    EXISTS (SELECT 1 FROM batch WHERE institution_id = %(institution)s),
    coalesce((SELECT reviewed FROM institution_figure WHERE institution_id = %(institution)s), false),
    coalesce((SELECT acknowledged FROM institution_figure WHERE institution_id = %(institution)s), false)
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, by its name in STEPS."""

    name: str
    is_done: bool


def list_steps(*, viewer: Viewer) -> list[Step]:
    """Return the steps in their order; nothing when all are done."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"institution": viewer.institution_id})
        found = cursor.fetchone()
    return [] if all(found) else [Step(name, is_done) for name, is_done in zip(STEPS, found, strict=True)]
