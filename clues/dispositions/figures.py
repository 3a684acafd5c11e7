"""Sums over dispositions: what the funnel and the counters of outcomes are made of. Never a list of whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

SUMS: Final = """
SELECT kind, category, count(*), count(*) FILTER (WHERE state = 'requested'), count(done_at),
    count(*) FILTER (WHERE reappearances > 0), count(*) FILTER (WHERE state = 'lifted'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_to_disposal),
    coalesce(sum(calls_flagged), 0), coalesce(sum(persons_warned), 0), coalesce(sum(amount_prevented_cny), 0)
FROM disposition
WHERE recorded_at >= %(since)s AND recorded_at < %(until)s
    AND (%(institution)s::bigint IS NULL OR institution_id = %(institution)s)
GROUP BY kind, category ORDER BY kind, category
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """Dispositions of one kind and category: how many, how many of them done, and the median time that took.

    `reappeared` counts dispositions whose object came back at least once. Effects are what members say of themselves.
    `median_seconds` is None where nothing was timed.
    """

    kind: str
    category: str
    count: int
    requested: int
    done: int
    reappeared: int
    lifted: int
    median_seconds: float | None
    calls_flagged: int
    persons_warned: int
    amount_prevented_cny: Decimal


def list_sums(*, since: datetime, until: datetime, institution_id: int | None = None) -> list[Sum]:
    """Return the sums of what was recorded from `since` until before `until`, of all institutions or of one."""
    names: dict[str, Any] = {"since": since, "until": until, "institution": institution_id}
    with connection.cursor() as cursor:
        cursor.execute(SUMS, names)
        return [Sum(*row) for row in cursor.fetchall()]
