"""From "this institution has three new matches" to one mail for each person who wants one.

The release step stores one message for each tick, institution and kind (clues/matching/release.py). Two steps follow, each
in one transaction with the row it starts from, so that a crash loses no mail and doubles none:

gather          takes such a message up (channel `notice`) and adds its number to the mail that each reader waits for
mails.post_due  takes what is due and puts it into the outbox (channel `email`), one message for one person

Who is told is judged at both: a person who left, changed the role or switched a kind off meanwhile gets nothing.
No content anywhere: kinds and numbers. The worker never reads a name (its role in PostgreSQL may not).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from members.delivery.notification_rules import Rule, all_rules, rules_of
from members.delivery.notification_times import due_at, make_quiet
from members.models.notification import MailMode, MailWay

# Ordered, as every other taker of these rows: nobody waits in a circle.
READERS = """
SELECT u.id, u.role, p.mail, s.quiet_from, s.quiet_to, coalesce(s.urgent_breaks_quiet, false)
FROM user_account u
LEFT JOIN notification_preference p ON p.user_id = u.id AND p.kind = %(kind)s
LEFT JOIN notification_setting s ON s.user_id = u.id
WHERE u.institution_id = %(institution)s AND u.is_active AND u.email <> ''
ORDER BY u.id
"""
LAST = "SELECT user_id, way, last_at FROM waiting_mail WHERE user_id = ANY(%s) ORDER BY user_id, way FOR UPDATE"
ADD = """
INSERT INTO waiting_mail AS w (user_id, way, counts, due_at)
VALUES (%(user)s, %(way)s, jsonb_build_object(%(kind)s::text, %(count)s::int), %(due)s)
ON CONFLICT (user_id, way) DO UPDATE SET
    counts = w.counts || jsonb_build_object(
        %(kind)s::text, coalesce((w.counts ->> %(kind)s)::int, 0) + %(count)s::int),
    due_at = coalesce(w.due_at, EXCLUDED.due_at)
"""


@transaction.atomic
def gather(*, institution_id: int, kind: str, count: int, now: datetime) -> int:
    """Add `count` notices of a kind to what the readers of an institution wait for; return how many people that is."""
    rule = all_rules().get(kind)
    if rule is None or count < 1:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(READERS, {"institution": institution_id, "kind": kind})
        wanted = {
            user: (way, make_quiet(start, end))
            for user, role, mail, start, end, breaks in cursor.fetchall()
            if kind in rules_of(role) and (way := _way(rule, mail or rule.mail, breaks)) is not None
        }
        if not wanted:
            return 0
        cursor.execute(LAST, [list(wanted)])
        last = {(user, way): at for user, way, at in cursor.fetchall()}
        for user, (way, quiet) in wanted.items():
            due = due_at(way=way, now=now, quiet=quiet, last_at=last.get((user, way)))
            cursor.execute(ADD, {"user": user, "way": way.value, "kind": kind, "count": count, "due": due})
    return len(wanted)


def _way(rule: Rule, mail: str, breaks: bool) -> MailWay | None:
    if mail == MailMode.OFF:
        return None
    if mail == MailMode.DIGEST:
        return MailWay.DIGEST
    return MailWay.URGENT if rule.urgent and breaks else MailWay.INSTANT
