"""What a new institution does first, and how far it is: to each person the steps that are theirs, until those are done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db import connection

from members.permissions import Permission, can
from members.queries import Person

STEPS: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {
        "key": frozenset(
            {Permission.KEY_MANAGE, Permission.CLUE_SUBMIT}
        ),  # who submits waits for it, and is told whom to ask
        "batch": frozenset({Permission.CLUE_SUBMIT}),
        "review": frozenset({Permission.CLUE_REVIEW}),
        "match": frozenset({Permission.MATCH_WORK}),
    }
)
"""Each step in its order, and the permissions of which a person has one to be shown it."""

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


def list_steps(*, viewer: Person) -> list[Step]:
    """Return the person's steps in their order; nothing when all of those are done, or there are none."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, {"institution": viewer.institution_id})
        found = cursor.fetchone()
    steps = [
        Step(name, is_done)
        for (name, shown_to), is_done in zip(STEPS.items(), found, strict=True)
        if any(can(viewer, permission) for permission in shown_to)
    ]
    return [] if all(step.is_done for step in steps) else steps
