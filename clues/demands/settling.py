"""The matcher's part of demands: what was not opened in time, or did not hold, takes its clue with it.

Every step claims its rows, so running twice, or in two workers, is harmless. Clue rows are locked first and in the order of
their ids, as for disputes; hub, counts and matches follow from the `clue_change` rows (matching/changes.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from clues import events
from clues.matching.retry import with_retry
from members import audit
from members.models import reference
from members.permissions import Job

LAPSE: Final = """
UPDATE evidence_demand SET state = 'failed', decided_at = %(now)s
WHERE id IN (SELECT id FROM evidence_demand WHERE state = 'open' AND due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""
# A clue that ended in another way leaves nothing to open; a dispute that is decided leaves nothing to ask for.
MOOT: Final = """
UPDATE evidence_demand SET state = 'moot', decided_at = %(now)s, applied_at = %(now)s
WHERE id IN (SELECT d.id FROM evidence_demand d LEFT JOIN clue c ON c.id = d.clue_id
    WHERE d.applied_at IS NULL AND d.state IN ('open', 'opened') AND (c.id IS NULL OR c.state IN ('withdrawn', 'expired')
        OR d.cause = 'dispute' AND c.state = 'active')
    ORDER BY d.id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED)
"""
TAKE: Final = """
SELECT id, clue_id FROM evidence_demand WHERE applied_at IS NULL AND state IN ('accepted', 'refuted', 'failed')
ORDER BY clue_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
LOCK: Final = "SELECT id FROM clue WHERE id = ANY(%(clues)s) ORDER BY id FOR UPDATE"
WITHDRAW: Final = """
WITH verdict AS (
    SELECT clue_id, min(state) AS state FROM evidence_demand
    WHERE id = ANY(%(demands)s) AND state IN ('refuted', 'failed') GROUP BY clue_id
), withdrawn AS (
    UPDATE clue c SET state = 'withdrawn', version = version + 1, ended_at = clock_timestamp()
    FROM verdict v WHERE c.id = v.clue_id AND c.state IN ('active', 'disputed')
    RETURNING c.id, c.institution_id, c.version, v.state
), noted AS (
    INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
    SELECT id, institution_id, 'withdrawn', CASE state WHEN 'failed' THEN 'evidence-not-opened' ELSE 'evidence-refuted' END,
        version, '{}', 'evidence-demands', clock_timestamp()
    FROM withdrawn
)
SELECT id, institution_id, state FROM withdrawn ORDER BY id
"""
SETTLE: Final = """
WITH settled AS (
    UPDATE evidence_demand SET applied_at = %(now)s WHERE id = ANY(%(demands)s) RETURNING id, institution_id, state
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, CASE state WHEN 'accepted' THEN %(accepted)s ELSE %(failed)s END, 'ED', id, clock_timestamp()
FROM settled ORDER BY id
"""


def settle_pending(*, limit: int, now: datetime) -> int:
    """Let what is overdue fail, drop what is moot, and carry decisions out; return how many demands were dealt with."""
    return with_retry(lambda: _settle(limit, now), what="demands")


def _settle(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LAPSE, {"limit": limit, "now": now})
        cursor.execute(MOOT, {"limit": limit, "now": now})
        moot = cursor.rowcount
        cursor.execute(TAKE, {"limit": limit})
        found = cursor.fetchall()
        if not found:
            return int(moot)
        names: dict[str, Any] = {
            "demands": [demand for demand, _ in found],
            "clues": [clue for _, clue in found],
            "now": now,
        }
        cursor.execute(LOCK, names)
        cursor.execute(WITHDRAW, names)
        for clue, institution, state in cursor.fetchall():
            audit.record(
                "evidence.fail",
                actor=Job("evidence-demands"),
                subject_ref=reference.encode("C", clue),
                institution_id=institution,
                detail={"state": state},
            )
        told = {"accepted": events.EVIDENCE_ACCEPTED, "failed": events.EVIDENCE_FAILED}
        cursor.execute(SETTLE, names | told)
    return len(found) + int(moot)
