"""Sealing the ledger of screenings: one audit event for each institution, purpose and second commits to all of its rows.

Screenings come by the hundred in a second, and what each of them asked for stands in the ledger, in the transaction of the
answer. Once its second is over, the rows' leaves are hashed into a Merkle tree (RFC 9162, as the log's own) whose root goes
into an event; the event's place in the transparency log then speaks for every row. A row whose transaction ended later than
that gets an event of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db import connection, transaction

from clues.models import Screening
from members import audit
from members.audit.leaves import canonical, leaf_hash, moment
from members.audit.tree import root_of
from members.models import reference
from members.permissions import Job

BY: Final = Job("ledger")
SLICE: Final = 5_000
"""Rows sealed in one transaction."""
_ALONE: Final = 0x6C6564  # the number of the lock that one sealer holds
# Behind the running second and the one before it, in which the last transactions end.
WAITING = """
SELECT * FROM screening
WHERE event_id IS NULL AND screened_at < date_trunc('second', clock_timestamp()) - interval '1 second'
ORDER BY id LIMIT %s
"""


def seal_pending(*, limit: int = SLICE) -> int:
    """Seal the oldest rows whose second is over, `limit` at most; return how many. 0 as well while another worker is at it.

    Event and rows change in one transaction: a row is committed to by one event, or still waits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ALONE])
        if not cursor.fetchone()[0]:
            return 0
        rows = sorted(
            Screening.objects.raw(WAITING, [limit]), key=attrgetter("institution_id", "purpose", "screened_at")
        )
        for (institution, purpose, second), group in groupby(rows, _group_of):
            together = sorted(group, key=attrgetter("pk"))
            event = audit.record(
                "screening.ask",
                actor=BY,
                institution_id=institution,
                detail=describe(together, purpose=purpose, second=second),
            )
            cursor.execute(
                "UPDATE screening SET event_id = %s WHERE id = ANY (%s)", [event.pk, [row.pk for row in together]]
            )
    return len(rows)


def describe(rows: list[Screening], *, purpose: str, second: datetime) -> Mapping[str, Any]:
    """Return what the event says of the rows, which come by their numbers: `root` is hex, over their leaves in this order."""
    return {
        "purpose": purpose,
        "second": moment(second),
        "rows": len(rows),
        "tokens": sum(row.tokens for row in rows),
        "root": root_of([leaf_hash(content(row)) for row in rows]).hex(),
    }


def content(row: Screening) -> bytes:
    """Return the bytes of the row's leaf: who asked when and why, how much, and how much of it was known. Never what."""
    return canonical(
        {
            "at": moment(row.screened_at),
            "basis": row.basis,
            "by": row.key_id,
            "case_ref": row.case_ref,
            "hits": row.hits,
            "institution": reference.encode("I", row.institution_id),
            "matrix": None if row.matrix_id is None else f"LM-{row.matrix_id}",
            "purpose": row.purpose,
            "salt": str(row.salt),
            "tokens": row.tokens,
        }
    )


def _group_of(row: Screening) -> tuple[int, str, datetime]:
    return row.institution_id, row.purpose, row.screened_at.replace(microsecond=0)
