"""The disclosure tick: when parties learn of a match, all at the same moment.

A commit time is known only after the commit, so the tick is set by a short step of its own right
after it. A worker that dies in between leaves rows without a tick, which nobody sees; the next
look of any worker gives them theirs.
"""

from django.conf import settings
from django.db import connection, transaction

# The step's own commit must fall before the tick it promises.
GUARD_SECONDS = 0.05

UNRELEASED = """
SELECT EXISTS (SELECT 1 FROM batch_chunk WHERE state = 'done' AND released_at IS NULL)
    OR EXISTS (SELECT 1 FROM match_party WHERE released_at IS NULL)
    OR EXISTS (SELECT 1 FROM event WHERE seq IS NULL)
    OR EXISTS (SELECT 1 FROM watch_hit WHERE released_at IS NULL)
"""
SERIALIZE = "SELECT pg_advisory_xact_lock(hashtext('aif.release'))"
NEXT_TICK = """
SELECT to_timestamp(ceil((extract(epoch FROM clock_timestamp()) + %(guard)s::numeric)
    / %(tick)s::numeric) * %(tick)s::numeric)
"""
# One value for everything that is committed, in one statement: steps of their own would each have their own snapshot,
# and what a worker commits between two of them would be told of in part.
# Whoever is to hear of events outside the portal gets one nudge for each tick and kind, never one for each match.
RELEASE = """
WITH matches AS (
    UPDATE match m SET released_at = %(at)s WHERE m.released_at IS NULL
        AND EXISTS (SELECT 1 FROM match_party p WHERE p.match_id = m.id AND p.released_at IS NULL)
), parties AS (
    UPDATE match_party SET released_at = %(at)s WHERE released_at IS NULL
), chunks AS (
    UPDATE batch_chunk SET released_at = %(at)s WHERE state = 'done' AND released_at IS NULL
), hits AS (
    UPDATE watch_hit SET released_at = %(at)s WHERE released_at IS NULL
), told AS (
    UPDATE event SET released_at = %(at)s, seq = nextval('event_seq') WHERE seq IS NULL
    RETURNING id, institution_id, kind
)
INSERT INTO outbox_message
    (channel, destination, payload, institution_id, created_at, not_before, attempts, last_error, state)
SELECT 'email', '',
    jsonb_build_object('event', kind, 'count', count(*), 'institution_id', institution_id),
    institution_id, clock_timestamp(), %(at)s, 0, '', 'pending'
FROM told GROUP BY institution_id, kind
"""


def release_pending() -> bool:
    """Give everything committed and unreleased the next tick; False when there was nothing."""
    with connection.cursor() as cursor:
        cursor.execute(UNRELEASED)
        if not cursor.fetchone()[0]:
            return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SERIALIZE)
        cursor.execute(NEXT_TICK, {"guard": GUARD_SECONDS, "tick": settings.AIF_DISCLOSURE_TICK})
        (at,) = cursor.fetchone()
        cursor.execute(RELEASE, {"at": at})
    return True
