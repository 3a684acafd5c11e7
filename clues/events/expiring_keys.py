"""Keys that end soon: their institution is told 30, 7 and 1 days before, once each.

The event goes the way of all events: feed, webhooks, e-mail. Not here: what a key is (members), and its renewal, which is
the member's own doing (`POST credentials/K-…/rotate`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from . import KEY_EXPIRING

DAYS = (30, 7, 1)

# A day that lies before the key was registered is none to warn of: a key made for a week does not end "in 30 days". The
# last warning of a key stands in its row, so one that was missed for a while is made up for once, not three times.
WARN = """
WITH due AS (
    UPDATE credential c SET warned_at = %(now)s
    WHERE c.revoked_at IS NULL AND c.expires_at > %(now)s
        AND EXISTS (
            SELECT 1 FROM unnest(%(days)s) d
            WHERE c.expires_at - make_interval(days => d) BETWEEN c.created_at AND %(now)s
                AND c.expires_at - make_interval(days => d) > coalesce(c.warned_at, '-infinity'))
        AND EXISTS (SELECT 1 FROM institution i WHERE i.id = c.institution_id AND i.state = 'live')
    RETURNING c.id, c.institution_id
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, %(kind)s, 'K', id, %(now)s FROM due ORDER BY id
"""


def warn(*, now: datetime) -> int:
    """Write the events that are due at `now`; return how many. In the matcher's role."""
    with connection.cursor() as cursor:
        cursor.execute(WARN, {"now": now, "days": list(DAYS), "kind": KEY_EXPIRING})
        return int(cursor.rowcount)
