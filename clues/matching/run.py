"""Claim a waiting chunk, run the three ordered steps, record the outcome, all or nothing.

The row lock is the lease: a killed worker's transaction ends with its connection, the chunk is
free again at once, and running it a second time changes nothing twice.

Each attempt is committed before its work. What the database refused for a time (no connection, a deadlock, a full disk) is
given back; what ended a worker, or failed in it, counts. After `suspects.DEATHS` of those the chunk is searched for the row
that does it (`suspects`), which is set aside, and the rest is done.
"""

from collections.abc import Callable

from django.db import connection, transaction

from . import quarantine, release, sql, suspects
from .claiming import Claimed, claim
from .held import hold
from .retry import mindful, with_retry
from .steps import cut, finish, lock, take

# Of a chunk that was searched without finding a row to blame: something that only shows when all rows come together.
MAX_ATTEMPTS = 25

GIVE_BACK = """
UPDATE batch_chunk SET attempts = attempts - 1
WHERE id = %s AND attempts = %s AND state = 'received'
"""


def match_pending(*, limit: int) -> int:
    """Process up to `limit` waiting chunks; return how many were done."""
    done = 0
    while done < limit:
        claimed = claim()
        if claimed is None:
            break
        if _turn(claimed):
            done += 1
            release.release_pending()
    return done


def _turn(claimed: Claimed) -> bool:
    """Take one step with a claimed chunk; whether it is done now."""
    if claimed.searching:
        _mindful(claimed, lambda: suspects.look(claimed.chunk, attempts=claimed.attempts))
    elif not claimed.searched and claimed.attempts > suspects.DEATHS:
        suspects.begin(claimed.chunk)
    elif claimed.attempts > MAX_ATTEMPTS:
        hold(claimed.chunk)
    else:
        return _mindful(claimed, lambda: process(claimed.chunk))
    return False


def _mindful(claimed: Claimed, work: Callable[[], bool]) -> bool:
    return mindful(work, give_back=GIVE_BACK, attempt=[claimed.chunk, claimed.attempts])


def process(chunk_id: int) -> bool:
    """Match one chunk in one transaction; False when another worker holds or has done it."""
    return with_retry(lambda: _process_once(chunk_id), what=f"chunk {chunk_id}")


def _process_once(chunk_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.TEMPORARY)
    with transaction.atomic(), connection.cursor() as cursor:
        chunk = lock(cursor, chunk_id)
        if chunk is None:
            return False
        aside = set(chunk.search["rows"]) if chunk.search else set()
        outcomes, matched = take(cursor, cut(chunk, lambda row: row not in aside) if aside else chunk)
        if aside:
            outcomes += quarantine.set_aside(cut(chunk, lambda row: row in aside))
        finish(cursor, chunk, outcomes, matched)
    return True
