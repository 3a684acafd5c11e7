"""What waits for a person: disputes and tasks with their deadlines, keys that end, matches, parts. To who may act on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from clues.cases import joint, naming
from clues.cases.workflow import RESTING
from clues.matching import facts
from clues.submissions import review_queue
from members.permissions import Permission, can
from members.queries import Person

SOON = timedelta(days=30)
MOST = 1_000
MOST_BATCHES = 3

# Of each: how many, counted to MOST, and when the first one is due. Asked together, in one statement.
DISPUTES = """
SELECT count(*), min(due_at) FROM (
    SELECT due_at FROM disputed_clue WHERE institution_id = %(institution)s AND state = 'open' AND due_at > %(now)s
    ORDER BY due_at LIMIT %(most)s
) waiting
"""
# What acts on somebody without ground comes before everything else.
LIFTS = """
SELECT count(*), min(due_at) FROM (
    SELECT due_at FROM lift_notice
    WHERE institution_id = %(institution)s AND answered_at IS NULL AND ended_at IS NULL ORDER BY due_at LIMIT %(most)s
) waiting
"""
REVIEWS_DUE = """
SELECT count(*), NULL::timestamptz FROM (
    SELECT 1 FROM disposition WHERE institution_id = %(institution)s AND state <> 'lifted' AND review_date <= %(today)s
    LIMIT %(most)s
) due
"""
KEYS = """
SELECT count(*), min(expires_at) FROM credential
WHERE institution_id = %(institution)s AND revoked_at IS NULL AND expires_at BETWEEN %(now)s AND %(soon)s
"""
# A match that was undone and came back is as if it had never been assigned.
MATCHES = f"""
SELECT count(*), NULL::timestamptz FROM (
    SELECT 1 FROM match_work w JOIN match_party p ON p.match_id = w.match_id AND p.institution_id = w.institution_id
    WHERE w.assignee_id = %(user)s AND w.institution_id = %(institution)s AND w.assigned_at >= {facts.sql_told_at("p")}
        AND w.acknowledged_at IS NULL
    LIMIT %(most)s
) mine
"""  # noqa: S608 - an expression of facts
REQUESTS = """
SELECT count(*), min(due_at) FROM (
    SELECT p.due_at FROM request_party p JOIN member_request r ON r.id = p.request_id
        AND r.released_at <= statement_timestamp()
    WHERE p.institution_id = %(institution)s AND p.state IN ('sent', 'taken-up', 'escalated') AND p.due_at IS NOT NULL
    ORDER BY p.due_at LIMIT %(most)s
) waiting
"""
# Of a case that goes on: its own, and everybody's that nobody has taken.
CASE_TASKS = """
SELECT count(*), min(due_at) FROM (
    SELECT t.due_at FROM case_task t JOIN case_file c ON c.id = t.case_id AND NOT c.state = ANY(%(resting)s)
    WHERE t.institution_id = %(institution)s AND t.state = 'open' AND t.released_at <= %(now)s
        AND (t.assignee_id IS NULL OR t.assignee_id = %(user)s)
    ORDER BY t.due_at LIMIT %(most)s
) waiting
"""
CASE_PARTS = """
SELECT count(*), NULL::timestamptz FROM (
    SELECT 1 FROM case_part p JOIN case_file c ON c.id = p.case_id AND c.state = ANY(%(written)s)
    WHERE p.institution_id = %(institution)s AND p.state = 'ready'
        AND %(user)s IS DISTINCT FROM p.author_id AND %(user)s IS DISTINCT FROM p.editor_id
    LIMIT %(most)s
) waiting
"""
ASKED = (
    ("requests", Permission.REQUEST_ANSWER, REQUESTS),
    ("lifts", Permission.CLUE_SUBMIT, LIFTS),
    ("disputes", Permission.CLUE_SUBMIT, DISPUTES),
    ("matches", Permission.MATCH_VIEW, MATCHES),
    ("dispositions", Permission.CLUE_SUBMIT, REVIEWS_DUE),
    ("case-tasks", Permission.CASE_WORK, CASE_TASKS),
    ("case-parts", Permission.CASE_DECIDE, CASE_PARTS),
    ("keys", Permission.KEY_MANAGE, KEYS),
)


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of thing that waits, by the name of its row in ASKED, `case-names` or `reviews`: how many, the first one due."""

    name: str
    count: int
    due_at: datetime | None = None
    more: bool = False


def list_needs(*, viewer: Person, now: datetime) -> list[Need]:
    """Return what waits for this person, the most pressing first."""
    names: dict[str, Any] = {
        "institution": viewer.institution_id,
        "user": viewer.user_id,
        "now": now,
        "today": localdate(now),
        "soon": now + SOON,
        "most": MOST,
        "resting": sorted(RESTING),
        "written": sorted(joint.WRITTEN),
    }
    found = _ask([(name, statement) for name, permission, statement in ASKED if can(viewer, permission)], names)
    if can(viewer, Permission.CASE_DECIDE):
        found.append(Need("case-names", len(naming.list_asked(viewer=viewer, limit=MOST))))
    if can(viewer, Permission.CLUE_REVIEW):
        found.insert(2, _reviews(viewer))
    return [need for need in found if need.count]


def _ask(asked: list[tuple[str, str]], names: dict[str, Any]) -> list[Need]:
    if not asked:
        return []
    parts = [f"SELECT {place}, each.* FROM ({statement}) each" for place, (_name, statement) in enumerate(asked)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1", names)
        return [Need(asked[place][0], count, due_at, more=count >= MOST) for place, count, due_at in cursor.fetchall()]


def _reviews(viewer: Person) -> Need:
    batches = [batch for batch in review_queue.list_batches(viewer=viewer, limit=MOST_BATCHES) if not batch.is_own]
    return Need(
        "reviews",
        sum(batch.total for batch in batches),
        more=len(batches) == MOST_BATCHES or any(batch.has_more for batch in batches),
    )
