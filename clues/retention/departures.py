"""What becomes of the clues and watches of an institution that leaves, from its day on, a slice at a time.

First its keys, people and webhooks end (`members.operations.departure`). Then its watches end. Its clues are withdrawn, or
count until they expire, as was announced; withdrawing is the same change as a member's own, so the parties of its matches are
told, rings are taken apart and scores follow. When no clue is left that counts or is under dispute, it has left.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from members import audit
from members.models import reference
from members.operations import departure
from members.permissions import Job

BY = Job("departures")

DUE = """
SELECT id, departed_at IS NOT NULL, leaving_clues FROM institution
WHERE leaving_at <= %(now)s AND state IN ('live', 'suspended') ORDER BY id
"""
END_WATCHES = """
UPDATE watch SET canceled_at = %(now)s, version = version + 1 WHERE id IN (
    SELECT id FROM watch WHERE institution_id = %(institution)s AND canceled_at IS NULL AND expires_at > %(now)s
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""
# Web and API can no longer touch these rows; a dispute under way still may, so disputed clues are left to its end.
WITHDRAW = """
WITH over AS (
    UPDATE clue SET state = 'withdrawn', ended_at = %(now)s, version = version + 1 WHERE id IN (
        SELECT id FROM clue WHERE institution_id = %(institution)s AND state = 'active'
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, institution_id, version
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
SELECT id, institution_id, 'withdrawn', '', version, '{}', %(actor)s, %(now)s FROM over
"""


def proceed(*, limit: int, now: datetime) -> int:
    """Do the next slice of every institution whose day has come: `limit` rows each at most. Return how much it was."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now})
        due = cursor.fetchall()
    return sum(_proceed(number, departed, choice, limit, now) for number, departed, choice in due)


def _proceed(institution: int, departed: bool, choice: str, limit: int, now: datetime) -> int:
    if not departed:
        return int(departure.end_access(institution_id=institution, by=BY, now=now))
    where: dict[str, Any] = {"institution": institution, "limit": limit, "now": now, "actor": BY.name}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(END_WATCHES, where)
        done = int(cursor.rowcount)
        if choice == departure.WITHDRAW:
            cursor.execute(WITHDRAW, where)
            withdrawn = int(cursor.rowcount)
            if withdrawn:
                _record("institution.clues.withdraw", institution, clues=withdrawn)
            done += withdrawn
        if done:
            return done
        cursor.execute("SELECT aif_leave(%s)", [institution])
        (left,) = cursor.fetchone()
        if left:
            _record("institution.leave", institution)
    return int(left)


def _record(verb: str, institution: int, **detail: object) -> None:
    audit.record(
        verb,
        actor=BY,
        subject_ref=reference.encode("I", institution),
        institution_id=institution,
        detail=detail,
    )
