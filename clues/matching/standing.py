"""What follows from the suspension of an institution, and from its return: its clues stop to count for others, or count again.

Reads hide a suspended institution at once. Matches, parties and events follow here: whenever an institution's state is
another than what was last applied, the identifiers of all its clues are recounted, a slice in a transaction and a slice at
a time, so that others are told of it as of any other change. The hub keeps every group that reported,
whatever its state; who shows is decided where matches are told (`sql.FORGET_SUSPENDED`, `recount_sql.FIND_MET`).

Nothing slips through beside it. What still read the former state, a chunk or a recount, either holds the row of a chunk of
that institution, or of a row of it that was set aside and is tried again, which the first slice waits for, or the hub row
of an identifier of it, which its slice waits for, or comes before in the one line of appliers. What comes after reads the
present state. A state that changes again on the way starts again from the first clue. One that comes back before any turn
has looked, half a second as a rule, leaves no trace here; what was matched in between is left to the oracle.
"""

from typing import Any

from django.db import connection, transaction

from . import changes, recount
from .retry import with_retry

# An institution without a row counts as live: it was never suspended, or has nothing to recount.
FIND = """
SELECT i.id, i.state = 'live', CASE WHEN a.toward = (i.state = 'live') THEN a.after ELSE 0 END
FROM institution i LEFT JOIN applied_standing a ON a.institution_id = i.id
WHERE i.admitted_at IS NOT NULL
    AND (coalesce(a.live, true) <> (i.state = 'live') OR a.toward <> (i.state = 'live') OR a.after > 0)
ORDER BY i.id LIMIT 1
"""
# Before any hub row is locked: whoever matches one of them holds its row until it commits. `FOR KEY SHARE` waits for them all
# the same, and nobody waits for it who gives a chunk its tick: a chunk that is done meanwhile stays locked until the next
# one is, whose worker may itself wait for the tick.
WAIT_FOR_CHUNKS = """
SELECT id FROM batch_chunk WHERE institution_id = %(institution)s AND state = 'received' ORDER BY id FOR KEY SHARE
"""
# A row that was set aside is tried again behind its own row, for its chunk is done.
WAIT_FOR_ROWS = """
SELECT id FROM quarantined_row WHERE institution_id = %(institution)s AND state = 'waiting' ORDER BY id FOR KEY SHARE
"""
# Whole clues, of at most 20 identifiers each.
NEXT_CLUES = """
SELECT max(id) FROM (
    SELECT id FROM clue WHERE institution_id = %(institution)s AND id > %(after)s ORDER BY id LIMIT %(clues)s) slice
"""
TOKENS = """
SELECT s.type, s.epoch, s.token FROM clue c JOIN sighting s ON s.clue_id = c.id
WHERE c.institution_id = %(institution)s AND c.id > %(after)s AND c.id <= %(last)s AND s.counted
"""
PROCEED = """
INSERT INTO applied_standing AS a (institution_id, live, toward, after)
VALUES (%(institution)s, NOT %(live)s, %(live)s, %(last)s)
ON CONFLICT (institution_id) DO UPDATE SET toward = EXCLUDED.toward, after = EXCLUDED.after
"""
FINISH = """
INSERT INTO applied_standing (institution_id, live, toward, after) VALUES (%(institution)s, %(live)s, %(live)s, 0)
ON CONFLICT (institution_id) DO UPDATE SET live = EXCLUDED.live, toward = EXCLUDED.toward, after = 0
"""


def apply_standings(*, limit: int) -> int:
    """Recount the next slice, `limit` clues at most, of an institution whose state changed; 0 when none did."""
    return with_retry(lambda: _apply_standings(limit), what="standings")


def _apply_standings(limit: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if not changes.become_applier(cursor):
            return 0
        cursor.execute(FIND)
        row = cursor.fetchone()
        if row is None:
            return 0
        institution, live, after = row
        where: dict[str, Any] = {"institution": institution, "live": live, "after": after, "clues": limit}
        if not after:
            _wait(cursor, where)
        cursor.execute(NEXT_CLUES, where)
        (last,) = cursor.fetchone()
        if last is None:
            cursor.execute(FINISH, where)
            return 1
        recount.prepare(cursor)
        recount.touch(cursor, TOKENS, where | {"last": last})
        recount.lock(cursor)
        recount.bring_in_line(cursor)
        cursor.execute(PROCEED, where | {"last": last})
    return 1


def _wait(cursor: Any, where: dict[str, Any]) -> None:
    """Wait for all that may have read the former state, and hold nothing: what begins now reads the present one.

    A chunk kept locked would be waited for by the step that sets the tick, which the recount waits for in its turn.
    """
    with transaction.atomic():
        cursor.execute(WAIT_FOR_CHUNKS, where)
        cursor.execute(WAIT_FOR_ROWS, where)
        transaction.set_rollback(True)
