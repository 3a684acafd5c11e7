"""What became of clues after they were reported, applied: corrections, withdrawals, disputes, expiry, noise, watches.

Web and desk write what is to be; one applier at a time does what follows from it, each slice a transaction of its own
that is all or nothing. Every function returns how many rows it dealt with, 0 when nothing waits, and may be called by
any number of workers at once.
"""

import io
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from members import audit
from members.permissions import Job

from . import recount, recount_sql
from .retry import with_retry

# Two changes of one clue must not be applied in parallel: the later one would be overtaken.
BECOME_APPLIER = "SELECT pg_try_advisory_xact_lock(hashtext('aif.changes'))"

TAKE_CHANGES = """
SELECT id, clue_id, identifiers FROM clue_change WHERE applied_at IS NULL
ORDER BY id LIMIT %(limit)s FOR UPDATE
"""
TEMPORARY = """
CREATE TEMPORARY TABLE IF NOT EXISTS change_in (
    clue_id bigint NOT NULL, position smallint NOT NULL, type text COLLATE "C" NOT NULL, epoch integer NOT NULL,
    token uuid NOT NULL, role text NOT NULL, scoring boolean NOT NULL, link smallint NOT NULL
) ON COMMIT DELETE ROWS;
DELETE FROM change_in;
"""
COPY_CHANGES = "COPY change_in FROM STDIN"
OLD_TOKENS = "SELECT type, epoch, token FROM sighting WHERE clue_id = ANY(%(clues)s)"
NEW_TOKENS = "SELECT type, epoch, token FROM change_in"
DROP_SIGHTINGS = """
DELETE FROM sighting s WHERE s.clue_id IN (SELECT clue_id FROM change_in) AND NOT EXISTS (
    SELECT 1 FROM change_in n WHERE n.clue_id = s.clue_id AND n.type = s.type AND n.epoch = s.epoch
        AND n.token = s.token)
"""
PUT_SIGHTINGS = """
INSERT INTO sighting AS s (type, epoch, token, institution_id, clue_id, position, role, counted)
SELECT n.type, n.epoch, n.token, c.institution_id, n.clue_id, n.position, n.role, false
FROM change_in n JOIN clue c ON c.id = n.clue_id
ORDER BY n.type, n.epoch, n.token, n.clue_id
ON CONFLICT (type, epoch, token, institution_id, clue_id)
    DO UPDATE SET position = EXCLUDED.position, role = EXCLUDED.role
"""
RELINK = "INSERT INTO ring_relink (clue_id) SELECT unnest(%(clues)s::bigint[])"
APPLIED = "UPDATE clue_change SET applied_at = %(now)s, identifiers = NULL WHERE id = ANY(%(changes)s)"

TAKE_NOISE = """
SELECT id, type, epoch, token, mode FROM noise_entry WHERE applied_at IS NULL AND state <> 'proposed'
ORDER BY id LIMIT %(limit)s FOR UPDATE
"""
NOISE_APPLIED = "UPDATE noise_entry SET applied_at = %(now)s WHERE id = ANY(%(entries)s)"

EXPIRE = """
WITH over AS (
    UPDATE clue SET state = 'expired', ended_at = %(now)s, version = version + 1
    WHERE id IN (
        SELECT id FROM clue WHERE state = 'active' AND expires_at <= %(now)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, institution_id, version
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at, applied_at)
SELECT id, institution_id, 'expired', '', version, '{}', 'expiry', %(now)s, %(now)s FROM over
RETURNING clue_id
"""

# Whatever still stands under the keys of a retired epoch, a slice of tokens at a time.
TAKE_RETIRED = """
SELECT DISTINCT type, epoch, token FROM (
    SELECT s.type, s.epoch, s.token FROM key_epoch e CROSS JOIN LATERAL (
        SELECT type, epoch, token FROM sighting
        WHERE type = e.type AND epoch = e.epoch ORDER BY type, epoch, token LIMIT %(limit)s) s
    WHERE e.state = 'retired' LIMIT %(limit)s
) found
"""
DROP_RETIRED = """
DELETE FROM sighting s USING touched t WHERE s.type = t.type AND s.epoch = t.epoch AND s.token = t.token
RETURNING s.clue_id
"""
# A clue that nobody can find any more has ended; one whose tokens of the next epoch wait to be applied has not.
END_EMPTY = """
WITH over AS (
    UPDATE clue c SET state = 'expired', ended_at = %(now)s, version = version + 1
    WHERE c.id = ANY(%(clues)s) AND c.state = 'active' AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.clue_id = c.id)
        AND NOT EXISTS (SELECT 1 FROM clue_change w
            WHERE w.clue_id = c.id AND w.applied_at IS NULL AND w.identifiers IS NOT NULL)
    RETURNING c.id, c.institution_id, c.version
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at, applied_at)
SELECT id, institution_id, 'expired', 'epoch-retired', version, '{}', 'key-epochs', %(now)s, %(now)s FROM over
"""
# Nothing stands there any more, so nobody looks for twins in it. An order that was given before, or a chunk that was in
# work, may still bring something in: then it has to be looked at until the next sweep.
MARK_SWEPT = "UPDATE key_epoch SET swept_at = %(now)s WHERE state = 'retired' AND swept_at IS NULL"
UNMARK_SWEPT = """
UPDATE key_epoch SET swept_at = NULL
WHERE swept_at IS NOT NULL AND (type, epoch) IN (SELECT DISTINCT type, epoch FROM touched)
"""
END_WATCHES = """
UPDATE watch w SET expires_at = least(w.expires_at, %(now)s) FROM key_epoch e
WHERE e.state = 'retired' AND w.type = e.type AND w.epoch = e.epoch AND w.canceled_at IS NULL AND w.expires_at > %(now)s
"""

TAKE_WATCHES = """
SELECT id, type, epoch, token FROM watch WHERE active_at IS NULL AND canceled_at IS NULL
ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
ACTIVATE = "UPDATE watch SET active_at = clock_timestamp() WHERE id = ANY(%(watches)s)"


def apply_changes(*, limit: int, now: datetime) -> int:
    """Apply waiting changes of clues, oldest first, new identifiers among them."""
    return with_retry(lambda: _apply_changes(limit, now), what="changes")


def _apply_changes(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not become_applier(cursor):
            return 0
        cursor.execute(TAKE_CHANGES, {"limit": limit})
        changes = cursor.fetchall()
        if not changes:
            return 0
        clues = sorted({clue for _, clue, _ in changes})
        # Each change holds the whole list, so the last one is what stands.
        replaced = {clue: lines for _, clue, lines in changes if lines is not None}
        recount.prepare(cursor)
        recount.touch(cursor, OLD_TOKENS, {"clues": clues})
        if replaced:
            cursor.execute(TEMPORARY)
            rows = (f"{clue}\t{line}\n" for clue, lines in replaced.items() for line in lines.splitlines())
            cursor.copy_expert(COPY_CHANGES, io.StringIO("".join(rows)))
            recount.touch(cursor, NEW_TOKENS)
        recount.lock(cursor)
        if replaced:
            cursor.execute(UNMARK_SWEPT)
            cursor.execute(DROP_SIGHTINGS)
            cursor.execute(PUT_SIGHTINGS)
        recount.bring_in_line(cursor)
        cursor.execute(RELINK, {"clues": clues})
        cursor.execute(APPLIED, {"now": now, "changes": [change for change, _, _ in changes]})
    return len(changes)


def apply_noise(*, limit: int, now: datetime) -> int:
    """Let entries of noise lists that came into force, or went, act on what was reported before."""
    return with_retry(lambda: _apply_noise(limit, now), what="noise")


def _apply_noise(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not become_applier(cursor):
            return 0
        cursor.execute(TAKE_NOISE, {"limit": limit})
        entries = cursor.fetchall()
        if not entries:
            return 0
        recount.prepare(cursor)
        recount.touch_tokens(cursor, [tuple(token) for _, *token, mode in entries if mode == "block"])
        recount.lock(cursor)
        recount.bring_in_line(cursor)
        cursor.execute(NOISE_APPLIED, {"now": now, "entries": [entry[0] for entry in entries]})
    return len(entries)


def expire(*, limit: int, now: datetime) -> int:
    """End the active clues whose time has come, `limit` at most; their parties are told."""
    return with_retry(lambda: _expire(limit, now), what="expiry")


def _expire(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not become_applier(cursor):
            return 0
        cursor.execute(EXPIRE, {"limit": limit, "now": now})
        clues = [clue for (clue,) in cursor.fetchall()]
        if clues:
            recount.prepare(cursor)
            recount.touch(cursor, OLD_TOKENS, {"clues": clues})
            recount.lock(cursor)
            recount.bring_in_line(cursor)
    return len(clues)


def end_retired(*, limit: int, now: datetime) -> int:
    """Take out what stands under the keys of retired epochs, `limit` identifiers at most; clues left empty end."""
    return with_retry(lambda: _end_retired(limit, now), what="retired epochs")


def _end_retired(limit: int, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not become_applier(cursor):
            return 0
        recount.prepare(cursor)
        found = recount.touch(cursor, TAKE_RETIRED, {"limit": limit})
        if not found:
            cursor.execute(END_WATCHES, {"now": now})
            cursor.execute(MARK_SWEPT, {"now": now})
            return 0
        recount.lock(cursor)
        cursor.execute(UNMARK_SWEPT)
        recount.find_known_elsewhere(cursor)
        recount.keep_known(cursor)
        cursor.execute(DROP_RETIRED)
        clues = sorted({clue for (clue,) in cursor.fetchall()})
        cursor.execute(END_EMPTY, {"clues": clues, "now": now})
        ended = cursor.rowcount
        recount.bring_in_line(cursor)
        cursor.execute(RELINK, {"clues": clues})
        audit.record("epoch.sweep", actor=Job("key-epochs"), detail={"identifiers": found, "clues_ended": ended})
    return found


def activate_watches(*, limit: int) -> int:
    """Bring waiting watches into force under their hub rows' locks: later reports are told, earlier ones are not."""
    return with_retry(lambda: _activate_watches(limit), what="watches")


def _activate_watches(limit: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_WATCHES, {"limit": limit})
        watches = cursor.fetchall()
        if not watches:
            return 0
        recount.prepare(cursor)
        recount.touch_tokens(cursor, [tuple(token) for _, *token in watches])
        recount.lock(cursor)
        cursor.execute(ACTIVATE, {"watches": [watch[0] for watch in watches]})
        cursor.execute(recount_sql.DROP_EMPTY)
    return len(watches)


def become_applier(cursor: Any) -> bool:
    """Take the one place of an applier until the transaction ends; False when another has it."""
    cursor.execute(BECOME_APPLIER)
    return bool(cursor.fetchone()[0])
