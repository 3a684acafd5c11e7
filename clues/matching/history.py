"""What an institution knows of one of its matches, in the order it came: its own doings, and what it was told.

Nothing here tells of others: their moments are events, after their tick, and say no more than the feed does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from members.models import reference
from members.permissions import Viewer

CLUES_MOST = 50
MOMENTS_MOST = 200

_OWN = """
SELECT c.id, c.client_ref, s.position, s.role, s.counted, c.category, c.grade, c.state, c.observed_at, c.received_at
FROM match m JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token
    AND s.institution_id = %(institution)s
JOIN clue c ON c.id = s.clue_id
WHERE m.id = %(match)s
"""
OWN_CLUES = f"{_OWN} ORDER BY c.id, s.position LIMIT {CLUES_MOST + 1}"
# (kind, moment, kind of reference, row number, detail), each a part of the viewer's own.
MOMENTS: Final = f"""
WITH own AS ({OWN_CLUES})
SELECT * FROM (
    SELECT 'clue.observed' AS kind, observed_at AS at, 'C' AS ref, id, client_ref::text AS detail
    FROM own WHERE observed_at IS NOT NULL
    UNION SELECT 'clue.submitted', received_at, 'C', id, client_ref::text FROM own
    UNION SELECT 'clue.' || h.kind, h.created_at, 'C', h.clue_id, own.client_ref::text
    FROM own JOIN clue_change h ON h.clue_id = own.id AND h.institution_id = %(institution)s
        AND h.kind IN ('corrected', 'withdrawn', 'extended', 'expired', 'resubmitted')
    UNION SELECT e.kind, e.released_at, e.subject_kind, e.subject_id, '' FROM event e
    WHERE e.subject_kind = 'M' AND e.subject_id = %(match)s AND e.institution_id = %(institution)s
        AND e.released_at <= clock_timestamp()
    UNION SELECT e.kind, e.released_at, e.subject_kind, e.subject_id, own.client_ref::text
    FROM own JOIN event e ON e.subject_kind = 'C' AND e.subject_id = own.id AND e.institution_id = %(institution)s
        AND e.released_at <= clock_timestamp()
    UNION SELECT 'feedback.given', given_at, '', 0, verdict::text FROM feedback
    WHERE match_id = %(match)s AND institution_id = %(institution)s
    UNION SELECT 'match.assigned', w.assigned_at, '', 0, coalesce(nullif(u.full_name, ''), u.username)
    FROM match_work w JOIN user_account u ON u.id = w.assignee_id
    WHERE w.match_id = %(match)s AND w.institution_id = %(institution)s
    UNION SELECT 'match.acknowledged', w.acknowledged_at, '', 0, coalesce(nullif(u.full_name, ''), u.username)
    FROM match_work w JOIN user_account u ON u.id = w.acknowledged_by_id
    WHERE w.match_id = %(match)s AND w.institution_id = %(institution)s
    UNION SELECT 'dispute.opened', opened_at, 'D', id, reason::text FROM dispute
    WHERE match_id = %(match)s AND institution_id = %(institution)s
    UNION SELECT 'dispute.closed', closed_at, 'D', id, '' FROM dispute
    WHERE match_id = %(match)s AND institution_id = %(institution)s AND closed_at IS NOT NULL
    UNION SELECT 'disposition.recorded', recorded_at, 'DI', id, kind::text FROM disposition
    WHERE match_id = %(match)s AND institution_id = %(institution)s
    UNION SELECT 'case.opened', p.released_at, 'CASE', p.case_id, '' FROM case_file f
    JOIN case_party p ON p.case_id = f.id AND p.institution_id = %(institution)s AND p.released_at <= clock_timestamp()
    WHERE f.match_id = %(match)s
) moments ORDER BY at DESC, kind DESC, id DESC LIMIT {MOMENTS_MOST}
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True, slots=True)
class OwnClue:
    """One of the viewer's own clues in a match; `counted` tells whether it makes the match at present."""

    clue: str
    client_ref: str
    position: int
    role: str
    counted: bool
    category: str
    grade: str
    state: str
    observed_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: what, when, to what (`kind` of reference and reference, both empty for none), and more."""

    kind: str
    at: datetime
    subject: str
    ref: str
    detail: str


def list_own_clues(*, match: int, viewer: Viewer) -> list[OwnClue]:
    """Return the viewer's clues that carry the identifier of a match it sees; one more than CLUES_MOST means more."""
    return [OwnClue(reference.encode("C", number), *rest) for number, *rest in _fetch(OWN_CLUES, match, viewer)]


def list_moments(*, match: int, viewer: Viewer) -> list[Moment]:
    """Return what happened, newest first, MOMENTS_MOST at most."""
    return [
        Moment(kind, at, subject, reference.encode(subject, number) if subject else "", detail)
        for kind, at, subject, number, detail in _fetch(MOMENTS, match, viewer)
    ]


def _fetch(statement: str, match: int, viewer: Viewer) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"match": match, "institution": viewer.institution_id})
        return list(cursor.fetchall())
