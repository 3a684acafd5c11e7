"""The mails that are due: out of what waits, into the outbox, in one transaction (members/delivery/notifications.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection, transaction

from members.delivery import outbox
from members.delivery.notification_rules import rules_of
from members.delivery.notification_times import QuietHours, make_quiet
from members.models.notification import MailWay

MAILS_A_TURN = 200

DUE = """
SELECT w.id, w.way, w.counts::text, u.id, u.role, u.institution_id, u.is_active AND u.email <> '' AND i.state = 'live',
    s.quiet_from, s.quiet_to
FROM waiting_mail w
JOIN user_account u ON u.id = w.user_id
JOIN institution i ON i.id = u.institution_id
LEFT JOIN notification_setting s ON s.user_id = u.id
WHERE w.due_at <= %(now)s
ORDER BY w.user_id, w.way
LIMIT %(limit)s
FOR UPDATE OF w SKIP LOCKED
"""
SWITCHED_OFF = "SELECT user_id, kind FROM notification_preference WHERE user_id = ANY(%s) AND mail = 'off'"
POSTED = "UPDATE waiting_mail SET counts = '{}', due_at = NULL, last_at = %s WHERE id = %s"
POSTPONED = "UPDATE waiting_mail SET due_at = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A mail that is due, and whom it is for."""

    id: int
    way: str
    counts: Mapping[str, int]
    user_id: int
    role: str
    institution_id: int
    is_reached: bool
    quiet: QuietHours | None


@transaction.atomic
def post_due(*, now: datetime, limit: int = MAILS_A_TURN) -> int:
    """Put the mails that are due into the outbox; return how many. Whoever else is at it takes other rows."""
    posted = 0
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "limit": limit})
        due = [
            _Waiting(number, way, orjson.loads(counts), user, role, institution, reached, make_quiet(start, end))
            for number, way, counts, user, role, institution, reached, start, end in cursor.fetchall()
        ]
        if not due:
            return 0
        cursor.execute(SWITCHED_OFF, [sorted({mail.user_id for mail in due})])
        off = set(cursor.fetchall())
        for mail in due:
            # The hours may have been set, or the worker have stood still, since the moment was reckoned.
            end = mail.quiet.end_after(now) if mail.quiet and mail.way != MailWay.URGENT else None
            if end is not None:
                cursor.execute(POSTPONED, [end, mail.id])
                continue
            posted += _post(mail, off=off, now=now)
            cursor.execute(POSTED, [now, mail.id])
    return posted


def _post(mail: _Waiting, *, off: set[Any], now: datetime) -> int:
    rules = rules_of(mail.role)
    counts = {kind: count for kind, count in mail.counts.items() if kind in rules and (mail.user_id, kind) not in off}
    if not counts or not mail.is_reached:
        return 0
    outbox.enqueue(
        channel="email",
        destination="",
        payload={"user_id": mail.user_id, "way": mail.way, "counts": counts, "id": str(uuid4())},
        institution_id=mail.institution_id,
        now=now,
    )
    return 1
