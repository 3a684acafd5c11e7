"""The disclosure tick: when parties learn of a match, all at the same moment.

A commit time is known only after the commit, so the tick is set by a short step of its own right
after it. A worker that dies in between leaves rows without a tick, which nobody sees; the next
look of any worker gives them theirs.

The same step numbers the events and writes the webhook messages. Steps follow each other under one lock, which PostgreSQL
lets go of only when the commit can be seen: whoever reads behind a number misses nothing (clues/events/feed.py).

Nor does whoever reads behind a moment, as `GET /matches` does by (released_at, match id). No two steps share a moment: the
guard is a hope, and a step whose commit comes after the tick would put its matches among those that a reader has seen
already. So the first step of a tick takes the tick itself, and each further one comes a microsecond behind the last.
Moments thus rise strictly in the order of commits, and who has seen one moment has seen all of it and all before it,
however late a commit was. Nobody waits for that: members are shown the tick alone (`events.shown_tick`), for the
microseconds would count the steps of a tick.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from clues import events

# The step's own commit must fall before the tick it promises.
GUARD_SECONDS = 0.05
EVENTS_A_MESSAGE = 100
GIVE_UP_AFTER = "24 hours"

UNRELEASED = """
SELECT EXISTS (SELECT 1 FROM batch_chunk WHERE state = 'done' AND released_at IS NULL)
    OR EXISTS (SELECT 1 FROM match_party WHERE released_at IS NULL)
    OR EXISTS (SELECT 1 FROM event WHERE seq IS NULL)
    OR EXISTS (SELECT 1 FROM watch_hit WHERE released_at IS NULL)
    OR EXISTS (SELECT 1 FROM batch WHERE matched_later > 0 AND matched_later_at IS NULL)
"""
SERIALIZE = "SELECT pg_advisory_xact_lock(hashtext('aif.release'))"
NEXT_TICK = """
SELECT to_timestamp(ceil((extract(epoch FROM clock_timestamp()) + %(guard)s::numeric)
    / %(tick)s::numeric) * %(tick)s::numeric)
"""
# Every match that is released comes with an event. A clock that was set back must not give a later number an earlier
# moment, either.
LAST_MOMENT = "SELECT released_at FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
STEP = timedelta(microseconds=1)
# One value for everything that is committed, in one statement: steps of their own would each have their own snapshot,
# and what a worker commits between two of them would be told of in part.
# Whoever is to hear of events outside the portal gets one nudge for each tick and kind, never one for each match; for
# people, each one's mail is made of it afterwards (members/delivery/notifications.py). The member sees when a webhook's
# message was made: it is made at the tick, for no moment before it is to be known.
RELEASE = """
WITH matches AS (
    UPDATE match m SET released_at = %(at)s WHERE m.released_at IS NULL
        AND EXISTS (SELECT 1 FROM match_party p WHERE p.match_id = m.id AND p.released_at IS NULL)
), parties AS (
    UPDATE match_party SET released_at = %(at)s WHERE released_at IS NULL
), chunks AS (
    UPDATE batch_chunk SET released_at = %(at)s WHERE state = 'done' AND released_at IS NULL
), later AS (
    UPDATE batch SET matched_later_at = %(at)s WHERE matched_later > 0 AND matched_later_at IS NULL
), hits AS (
    UPDATE watch_hit SET released_at = %(at)s WHERE released_at IS NULL
), numbered AS (
    SELECT id, nextval('event_seq') AS seq
    FROM (SELECT id FROM event WHERE seq IS NULL ORDER BY id) waiting
), told AS (
    UPDATE event e SET released_at = %(at)s, seq = n.seq FROM numbered n WHERE e.id = n.id AND e.seq IS NULL
    RETURNING e.id, e.institution_id, e.kind, e.seq
), heard AS (
    SELECT t.* FROM told t JOIN institution i ON i.id = t.institution_id AND i.state = 'live'
), wanted AS (
    SELECT w.id AS endpoint_id, h.kind, h.id, h.seq,
        (row_number() OVER (PARTITION BY w.id, h.kind ORDER BY h.seq) - 1) / %(most)s AS part
    FROM heard h JOIN webhook_endpoint w ON w.institution_id = h.institution_id
        AND w.state = 'enabled' AND w.deleted_at IS NULL AND (w.kinds = '{}' OR h.kind = ANY(w.kinds))
), nudges AS (
    INSERT INTO webhook_delivery
        (endpoint_id, kind, events, state, created_at, not_before, give_up_at, attempts, last_error)
    SELECT endpoint_id, kind, array_agg(id ORDER BY seq), 'pending', %(shown)s, %(at)s,
        %(at)s::timestamptz + %(give_up)s::interval, 0, ''
    FROM wanted GROUP BY endpoint_id, kind, part ORDER BY min(seq)
)
INSERT INTO outbox_message
    (channel, destination, payload, institution_id, created_at, not_before, attempts, last_error, state)
SELECT 'notice', '',
    jsonb_build_object('event', kind, 'count', count(*), 'institution_id', institution_id),
    institution_id, clock_timestamp(), %(at)s, 0, '', 'pending'
FROM heard GROUP BY institution_id, kind
"""


def next_tick() -> datetime:
    """Return the next moment at which members learn things, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_TICK, {"guard": GUARD_SECONDS, "tick": settings.AIF_DISCLOSURE_TICK})
        at: datetime = cursor.fetchone()[0]
    return at


def release_pending() -> bool:
    """Give everything committed and unreleased its moment, at the next tick; False when there was nothing."""
    with connection.cursor() as cursor:
        cursor.execute(UNRELEASED)
        if not cursor.fetchone()[0]:
            return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SERIALIZE)
        cursor.execute(NEXT_TICK, {"guard": GUARD_SECONDS, "tick": settings.AIF_DISCLOSURE_TICK})
        (at,) = cursor.fetchone()
        cursor.execute(LAST_MOMENT)
        last = cursor.fetchone()
        moment = max(at, last[0] + STEP) if last else at
        cursor.execute(
            RELEASE,
            {
                "at": moment,
                "shown": events.shown_tick(moment),
                "most": EVENTS_A_MESSAGE,
                "give_up": GIVE_UP_AFTER,
            },
        )
    return True
