"""What came of a campaign: the counters of outcomes over the cases that belong to it, with how many institutions stand behind.

The same expressions as for all cases (clues/reports/counters.py), so that no counter means two things. Of dispositions those
count that were carried out in the campaign's days about one of its cases, or about the match that a case came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from clues.models import Campaign
from clues.reports.counters import DONE, DONE_VALUES, RUN, VALUES, total_of
from clues.reports.outcomes import TOLD_STANDING

_CODES: Final = (*VALUES, *DONE_VALUES)
_PARTS: Final = ", ".join(f"sum({value}) AS v{turn}" for turn, value in enumerate(VALUES.values()))
_BEHIND: Final = [f"count(DISTINCT cp.institution_id) FILTER (WHERE v{turn} > 0)" for turn in range(len(VALUES))] + [
    f"(SELECT count(DISTINCT institution_id) FROM done WHERE {value} > 0)"  # noqa: S608
    for value in DONE_VALUES.values()
]
# A member's own cases count for it, as far as the tick has shown the case, the bond and the entries.
_SEEN: Final = """AND (%(viewer)s::bigint IS NULL OR (b.released_at <= clock_timestamp() AND EXISTS (
    SELECT 1 FROM case_party own WHERE own.case_id = b.case_id AND own.institution_id = %(viewer)s
        AND own.released_at <= clock_timestamp())))"""
COUNT: Final = f"""
WITH bound AS (
    SELECT b.case_id, k.match_id FROM campaign_case b JOIN case_file k ON k.id = b.case_id
    WHERE b.campaign_id = %(campaign)s AND b.unbound_at IS NULL {_SEEN}
), standing AS ({TOLD_STANDING} AND p.case_id IN (SELECT case_id FROM bound)), run AS ({RUN}), done AS (
    {DONE} AND (d.case_id IN (SELECT case_id FROM bound)
        OR (d.case_id IS NULL AND d.match_id IN (SELECT match_id FROM bound)))
        AND (%(viewer)s::bigint IS NULL OR d.institution_id = %(viewer)s)
        AND (d.done_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(starts)s AND %(ends)s
), per_case AS (SELECT case_id, {_PARTS} FROM run GROUP BY case_id),
behind AS (
    SELECT {", ".join(f"{count} AS n{turn}" for turn, count in enumerate(_BEHIND))}
    FROM per_case JOIN case_party cp ON cp.case_id = per_case.case_id
), total AS (SELECT {", ".join(f"{total_of(code)} AS t{turn}" for turn, code in enumerate(_CODES))} FROM run)
SELECT total.*, behind.* FROM total, behind
"""  # noqa: S608 - put together from literals


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter over a campaign's cases, and how many institutions stand behind it."""

    counter: str
    value: Decimal
    institutions: int


def count(campaign: Campaign, *, viewer: int | None = None) -> dict[str, Counted]:
    """Return every counter by code: over all cases, or over those of the institution with the number `viewer`."""
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {"campaign": campaign.pk, "viewer": viewer, "starts": campaign.starts_on, "ends": campaign.ends_on},
        )
        row = cursor.fetchone()
    size = len(_CODES)
    values, behind = row[:size], row[size:]
    return {
        code: Counted(code, Decimal(value), int(number))
        for code, value, number in zip(_CODES, values, behind, strict=True)
    }
