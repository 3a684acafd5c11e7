"""What waits for a second person: by batch, and one by one. Reads for `reviews`, and for its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from clues.models import Clue
from members.models import reference
from members.permissions import Permission, check
from members.queries import Person

from . import walk
from .verdicts import REVIEWED_GRADES

MOST = 10_000  # clues counted and reviewed at once; beyond, a page says that there are more
MOST_LISTED = 100  # clues counted of each batch where many batches are listed

# A clue that nobody corrected is at its first version; only then the history has to be asked.
LAST_CORRECTED_BY_OTHERS: Final = """(c.version = 1 OR %(by_ref)s IS DISTINCT FROM (
    SELECT h.actor_ref FROM clue_change h WHERE h.clue_id = c.id AND h.kind = 'corrected' ORDER BY h.id DESC LIMIT 1))"""

BATCH_OF_OTHERS = "SELECT id FROM batch WHERE id = %s AND institution_id = %s AND key_id <> %s"
COUNT = f"""
SELECT grade, count(*) FROM (
    SELECT c.grade FROM {walk.WALK.format(where=f"AND {LAST_CORRECTED_BY_OTHERS}")} LIMIT %(limit)s
) held GROUP BY grade ORDER BY grade
"""  # noqa: S608 - put together from literals
PICK = f"SELECT c.id FROM {walk.WALK.format(where=f'AND {LAST_CORRECTED_BY_OTHERS}')} LIMIT %(limit)s"  # noqa: S608
# The batches that hold waiting clues, newest first: from one to the next older one, whatever lies between.
_OLDER = (
    walk.WALK.format(where="")
    .replace("%(before_batch)s, %(before_id)s", "held.batch_id, 0")
    .replace("%(last_batch)s", "held.batch_id - 1")
)
_OF_ONE = (
    walk.WALK.format(where=f"AND {LAST_CORRECTED_BY_OTHERS}")
    .replace("%(first_batch)s AND %(last_batch)s", "b.id AND b.id")
    .replace("%(before_batch)s, %(before_id)s", "b.id + 1, 0")
    .replace("%(limit)s", "%(most_listed)s")
)
BATCHES = f"""
WITH RECURSIVE held (batch_id, n) AS (
    (SELECT max(c.batch_id), 1 FROM {walk.WALK.format(where="")})
    UNION ALL
    SELECT (SELECT max(c.batch_id) FROM {_OLDER}), held.n + 1
    FROM held WHERE held.batch_id IS NOT NULL AND held.n < %(most)s
)
SELECT b.id, b.key_id, b.received_at, b.clues, (
    SELECT json_object_agg(grade, n ORDER BY grade) FROM (
        SELECT grade, count(*) AS n FROM (SELECT c.grade FROM {_OF_ONE} LIMIT %(most_listed)s) c GROUP BY grade) g)
FROM held JOIN batch b ON b.id = held.batch_id ORDER BY b.id DESC
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A batch with clues that wait: how many of each grade, at most `MOST_LISTED` in all, and who submitted it."""

    id: int
    batch: str
    received_at: datetime
    clues: int
    author: str
    is_own: bool
    waiting: dict[str, int]

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.waiting.values())

    @property
    def has_more(self) -> bool:
        """Whether there may be more than were counted."""
        return self.total >= MOST_LISTED


def count_waiting(*, batch: str, viewer: Person) -> dict[str, int]:
    """Return how many clues of a batch wait for this person, by grade; nothing for whoever submitted it."""
    check(viewer, Permission.CLUE_REVIEW)
    number = _batch_of_others(batch, viewer)
    return {} if number is None else _count(number, viewer)


def pick_waiting(*, batch: str, grades: Sequence[str], limit: int, viewer: Person) -> list[int]:
    """Return the numbers of waiting clues of a batch, in no particular order."""
    number = _batch_of_others(batch, viewer)
    if number is None:
        return []
    span = _span(viewer, number, grades=grades)
    with connection.cursor() as cursor:
        cursor.execute(PICK, span.names(limit=limit) | {"by_ref": viewer.audit_ref})
        return [clue for (clue,) in cursor.fetchall()]


def list_batches(*, viewer: Person, before: int | None = None, limit: int) -> list[WaitingBatch]:
    """Return the batches that hold waiting clues, newest first, older than the batch of this number."""
    check(viewer, Permission.CLUE_REVIEW)
    span = walk.Span(
        institution=viewer.institution_id, states=[Clue.ACTIVE], reviews=[Clue.WAITING], grades=REVIEWED_GRADES,
        last_batch=walk.LAST if before is None else before - 1,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            BATCHES,
            span.names(limit=1) | {"most": limit, "most_listed": MOST_LISTED, "by_ref": viewer.audit_ref},
        )
        rows = cursor.fetchall()
    return [
        WaitingBatch(
            id=number,
            batch=reference.encode("B", number),
            received_at=received_at,
            clues=clues,
            author=author,
            is_own=author == viewer.audit_ref,
            waiting=waiting or {},
        )
        for number, author, received_at, clues, waiting in rows
    ]


def _batch_of_others(batch: str, viewer: Person) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(BATCH_OF_OTHERS, [reference.decode("B", batch) or 0, viewer.institution_id, viewer.audit_ref])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _count(number: int, viewer: Person) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _span(viewer, number).names(limit=MOST) | {"by_ref": viewer.audit_ref})
        return dict(cursor.fetchall())


def _span(viewer: Any, batch: int, *, grades: Sequence[str] = REVIEWED_GRADES) -> walk.Span:
    return walk.Span(
        institution=viewer.institution_id, states=[Clue.ACTIVE], reviews=[Clue.WAITING], grades=grades,
        first_batch=batch, last_batch=batch,
    )  # fmt: skip
