"""Who is asked to open its evidence: two clues of a hundred by a draw that nobody steers, and every clue that is stood by.

The seed of a draw is the root of a checkpoint of the transparency log, signed after the clues were stored. Whoever reports
cannot know it, and afterwards anybody can reckon who had to be drawn: SHA-256 of `SEED`, the 32 bytes of the root and the
clue's reference; the first eight bytes as a number, below two hundredths of 2**64.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from clues import events
from clues.models import EvidenceDemand
from clues.working_days import end_of_working_day
from members import audit
from members.models import reference
from members.permissions import Job

SEED: Final = b"aif-share evidence draw 1\n"
SHARE: Final = 0.02
MOST_OPEN: Final = 20
"""Audits that one institution has to answer at a time; of more that are drawn, those of the lowest numbers are asked."""
ANSWER_DAYS: Final = 5
BEHIND: Final = timedelta(minutes=1)
"""What was stored shortly before a checkpoint waits for the next draw: its commit may have come after the root."""
FIRST: Final = timedelta(days=1)

NEWEST: Final = "SELECT size, root, at FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
# Whoever committed to a file, or names a document of an authority, has something to open.
STORED: Final = """
SELECT c.id, c.institution_id FROM batch b JOIN clue c ON c.batch_id = b.id
WHERE b.state = 'done' AND b.done_at > %(after)s AND b.done_at <= %(until)s AND c.state = 'active'
    AND (c.evidence_sha256 IS NOT NULL OR c.grade IN ('A', 'B1'))
ORDER BY c.id
"""
ASK: Final = """
WITH asked AS (
    INSERT INTO evidence_demand (clue_id, institution_id, category, cause, draw_size, draw_root, committed, state, asked_at,
        due_at, attempts, opened_by_ref, decision_reason)
    SELECT c.id, c.institution_id, c.category, %(cause)s, %(size)s, %(root)s,
        coalesce(encode(c.evidence_sha256, 'hex'), ''), 'open', %(now)s, %(due)s, 0, '', ''
    FROM clue c WHERE c.id = ANY(%(clues)s) ORDER BY c.id
    ON CONFLICT DO NOTHING
    RETURNING id, institution_id
), told AS (
    INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
    SELECT institution_id, %(kind)s, 'ED', id, clock_timestamp() FROM asked ORDER BY id
)
SELECT id, institution_id FROM asked ORDER BY id
"""
DISPUTED: Final = """
SELECT x.clue_id FROM disputed_clue x JOIN clue c ON c.id = x.clue_id AND c.state = 'disputed'
WHERE x.state = 'maintained'
    AND NOT EXISTS (SELECT 1 FROM evidence_demand d WHERE d.clue_id = x.clue_id AND d.asked_at >= x.answered_at)
ORDER BY x.clue_id LIMIT %(limit)s
"""
OPEN_AUDITS: Final = """
SELECT institution_id, count(*) FROM evidence_demand WHERE cause = 'audit' AND state = 'open' GROUP BY institution_id
"""


def ask_disputed(*, limit: int, now: datetime) -> int:
    """Ask for the evidence of up to `limit` clues that their institution stands by against a dispute; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DISPUTED, {"limit": limit})
        return _ask(cursor, [number for (number,) in cursor.fetchall()], now, cause=EvidenceDemand.DISPUTE)


def draw(*, after: datetime | None, now: datetime) -> dict[str, Any] | None:
    """Draw among the clues of batches done since `after`, by the newest checkpoint; None where there is nothing to draw by.

    Return what was done, `until` among it: the `after` of the next draw.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEWEST)
        row = cursor.fetchone()
        if row is None:
            return None
        size, root, at = int(row[0]), bytes(row[1]), row[2]
        until = at - BEHIND
        after = after or until - FIRST
        if until <= after:
            return None
        cursor.execute(STORED, {"after": after, "until": until})
        found = cursor.fetchall()
        cursor.execute(OPEN_AUDITS)
        room = {institution: MOST_OPEN - n for institution, n in cursor.fetchall()}
        chosen = _choose(found, root, room)
        asked = _ask(cursor, chosen, now, cause=EvidenceDemand.AUDIT, size=size, root=root.hex()) if chosen else 0
        told = {
            "size": size, "root": root.hex(), "after": after.isoformat(), "until": until.isoformat(),
            "clues": len(found), "asked": asked,
        }  # fmt: skip
        if found:
            audit.record("evidence.draw", actor=Job("evidence-draw"), detail=told)
    return told


def number_of(root: bytes, clue: str) -> float:
    """Return the number of a clue (`C-…`) in the draw by a root: from 0 to 1, and drawn below SHARE."""
    return int.from_bytes(hashlib.sha256(SEED + root + clue.encode()).digest()[:8], "big") / 2**64


def _choose(found: Sequence[tuple[int, int]], root: bytes, room: dict[int, int]) -> list[int]:
    drawn = sorted((number_of(root, reference.encode("C", clue)), clue, institution) for clue, institution in found)
    chosen: list[int] = []
    for number, clue, institution in drawn:
        if number >= SHARE:
            break
        left = room.get(institution, MOST_OPEN)
        if left > 0:
            room[institution] = left - 1
            chosen.append(clue)
    return chosen


def _ask(
    cursor: Any, clues: Sequence[int], now: datetime, *, cause: str, size: int | None = None, root: str = ""
) -> int:
    cursor.execute(
        ASK,
        {
            "clues": list(clues), "cause": cause, "size": size, "root": root, "now": now,
            "due": end_of_working_day(now, days=ANSWER_DAYS), "kind": events.EVIDENCE_ASKED,
        },
    )  # fmt: skip
    asked = cursor.fetchall()
    for number, institution in asked:
        audit.record(
            "evidence.ask",
            actor=Job("evidence-draw" if cause == EvidenceDemand.AUDIT else "disputes"),
            subject_ref=reference.encode("ED", number),
            institution_id=institution,
            detail={"cause": cause},
        )
    return len(asked)
