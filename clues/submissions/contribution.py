"""Why rows of a batch were refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from clues.submissions.queries import RowResult, get_batch
from members.permissions import Viewer

# Refused at the door, by the matcher, and by the alliance. Taken apart where they lie: a batch may be a million rows.
_REFUSED = """(
    SELECT (r ->> 0)::int AS row, r ->> 1 AS ref, r ->> 2 AS code
    FROM batch_chunk k CROSS JOIN LATERAL jsonb_array_elements(k.refusals) r WHERE k.batch_id = %(batch)s
    UNION ALL
    SELECT (o ->> 0)::int, o ->> 1, o ->> 3
    FROM batch_chunk k CROSS JOIN LATERAL jsonb_array_elements(k.outcomes) o
    WHERE k.batch_id = %(batch)s AND o ->> 2 IN ('refused', 'quarantined')
    UNION ALL
    SELECT (t ->> 0)::int, t ->> 1, 'batch-rejected'
    FROM batch_chunk k CROSS JOIN LATERAL jsonb_array_elements(convert_from(k.refs, 'UTF8')::jsonb) t
    WHERE k.batch_id = %(batch)s AND k.state = 'rejected'
) refused"""
COUNTS = f"SELECT code, count(*) FROM {_REFUSED} GROUP BY code ORDER BY count(*) DESC, code"  # noqa: S608
FIRST = f"SELECT row, ref, code FROM {_REFUSED} ORDER BY row LIMIT %(limit)s"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Refusals:
    """Rows of a batch that were refused or set aside: how many by code, and the first of them in row order."""

    counts: tuple[tuple[str, int], ...]
    rows: tuple[RowResult, ...]


def get_refusals(*, batch: str, viewer: Viewer, limit: int = 200) -> Refusals:
    """Return why rows of the batch were refused, most frequent code first, and the first `limit` of them.

    Raise BatchNotFound, for strangers too.
    """
    found = get_batch(batch=batch, viewer=viewer)
    if not found.refused and not found.quarantined:
        return Refusals(counts=(), rows=())
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"batch": found.id})
        counts = tuple((code, number) for code, number in cursor.fetchall())
        cursor.execute(FIRST, {"batch": found.id, "limit": limit})
        rows = tuple(RowResult(row, ref, "refused", code) for row, ref, code in cursor.fetchall())
    return Refusals(counts=counts, rows=rows)
