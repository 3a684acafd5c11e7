"""Which of its own clues a party can contribute to a case: those that carry its match, or stand in its ring."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members.models import reference
from members.permissions import Viewer

MOST: Final = 500
REF: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,64}")

# A case is of a match or of a ring; a clue that has ended is no evidence any more.
_OWN: Final = """
SELECT DISTINCT c.id, c.client_ref::text AS client_ref, c.category, c.grade FROM case_file f
LEFT JOIN match m ON m.id = f.match_id
LEFT JOIN ring r ON r.id = f.ring_id
JOIN LATERAL (
    SELECT s.clue_id FROM sighting s
    WHERE s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.institution_id = %(institution)s
    UNION SELECT e.clue_id FROM ring_edge e WHERE e.component = r.component
) found ON true
JOIN clue c ON c.id = found.clue_id AND c.institution_id = %(institution)s AND c.state IN ('active', 'disputed')
WHERE f.id = %(case)s
"""
CAN: Final = f"SELECT * FROM ({_OWN}) own ORDER BY id LIMIT {MOST}"  # noqa: S608 - literals of this file
NAMED: Final = f"SELECT id FROM ({_OWN}) own WHERE client_ref = ANY(%(refs)s) ORDER BY id"  # noqa: S608
CHOSEN: Final = """
SELECT c.id, c.client_ref::text, c.category, c.grade FROM clue c
WHERE c.id = ANY(%(clues)s) AND c.institution_id = %(institution)s ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class OwnClue:
    """An own clue that is, or can be, part of what the institution contributes."""

    clue: str
    client_ref: str
    category: str
    grade: str


def list_possible(case: int, *, viewer: Viewer) -> list[OwnClue]:
    """Return the viewer's clues that a case's match or ring holds, oldest first, MOST at most."""
    return _list(CAN, viewer, case=case)


def list_chosen(clues: list[int], *, viewer: Viewer) -> list[OwnClue]:
    """Return those of the viewer's clues, by row number, that there still are."""
    return _list(CHOSEN, viewer, clues=clues) if clues else []


def read_refs(case: int, value: Any, *, viewer: Viewer) -> list[int]:
    """Return the row numbers of the viewer's `client_ref`s. Raise Refusal `field-invalid` if one is not of the case."""
    if not isinstance(value, list) or len(value) > MOST or not all(map(_is_ref, value)):
        raise Refusal("field-invalid", gettext_noop("`clues` is a list of up to 500 client_refs."), field="clues")
    refs = sorted(set(value))
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"case": case, "institution": viewer.institution_id, "refs": refs})
        found = [number for (number,) in cursor.fetchall()]
    if len(found) != len(refs):
        raise Refusal(
            "field-invalid", gettext_noop("A clue is not yours, has ended, or is not of this match or ring."),
            field="clues",
        )  # fmt: skip
    return found


def _is_ref(value: Any) -> bool:
    return isinstance(value, str) and REF.fullmatch(value) is not None


def _list(statement: str, viewer: Viewer, **names: Any) -> list[OwnClue]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"institution": viewer.institution_id, **names})
        return [OwnClue(reference.encode("C", number), *rest) for number, *rest in cursor.fetchall()]
