"""The matcher's part of disputes: suspend what a dispute concerns, carry out what became of it, close what is over.

Every step claims its rows, so running twice, or in two workers, is harmless. Two that suspend and settle at once may want
the same clues in another order: who loses is tried again.
"""

from django.db import connection, transaction

from aif_share.vocabulary import roles
from clues.matching.retry import with_retry

from . import sql

SCORING = [role.code for role in roles.ROWS if role.scoring]


def suspend_pending(*, limit: int) -> int:
    """Find the clues that new disputes concern and suspend them; return how many disputes were taken up."""
    return with_retry(lambda: _suspend(limit), what="disputes")


def settle_pending(*, limit: int) -> int:
    """Let what is overdue lapse, and carry out decisions; return how many disputed clues were settled."""
    return with_retry(lambda: _settle(limit), what="disputes")


def close_pending(*, limit: int) -> int:
    """Drop what has nothing left to decide, and close disputes with nothing open; return how many were touched."""
    return with_retry(lambda: _close(limit), what="disputes")


def _suspend(limit: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.WAITING, {"limit": limit})
        names = {"disputes": [number for (number,) in cursor.fetchall()], "scoring": SCORING}
        if not names["disputes"]:
            return 0
        cursor.execute(sql.LOCK_CONCERNED, names)
        cursor.execute(sql.SUSPEND, names)
        cursor.execute(sql.APPLIED, names)
    return len(names["disputes"])


def _settle(limit: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.LAPSE, {"limit": limit})
        cursor.execute(sql.DECIDED, {"limit": limit})
        names = {"decided": [number for (number,) in cursor.fetchall()]}
        if not names["decided"]:
            return 0
        for statement in (sql.LOCK_DECIDED, sql.WITHDRAW, sql.REINSTATE, sql.SETTLED):
            cursor.execute(statement, names)
    return len(names["decided"])


def _close(limit: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.MOOT, {"limit": limit})
        moot = cursor.rowcount
        cursor.execute(sql.CLOSE, {"limit": limit})
        return int(moot + cursor.rowcount)
