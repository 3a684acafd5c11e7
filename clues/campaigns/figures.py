"""What came of a campaign: the counters of outcomes over the cases that belong to it, with how many institutions stand behind.

The same expressions as for all cases (clues/reports/counters.py), so that no counter means two things. Of dispositions those
count that were carried out in the campaign's days about one of its cases, or about the match that a case came from.
"""

from __future__ import annotations

from typing import Final

from clues.models import Campaign
from clues.reports import counting
from clues.reports.counters import DONE, RUN
from clues.reports.outcomes import TOLD_STANDING

# A member's own cases count for it, as far as the tick has shown the case, the bond and the entries.
_SEEN: Final = """AND (%(viewer)s::bigint IS NULL OR (b.released_at <= clock_timestamp() AND EXISTS (
    SELECT 1 FROM case_party own WHERE own.case_id = b.case_id AND own.institution_id = %(viewer)s
        AND own.released_at <= clock_timestamp())))"""
FOUND: Final = f"""
WITH bound AS (
    SELECT b.case_id, k.match_id FROM campaign_case b JOIN case_file k ON k.id = b.case_id
    WHERE b.campaign_id = %(campaign)s AND b.unbound_at IS NULL {_SEEN}
), standing AS ({TOLD_STANDING} AND p.case_id IN (SELECT case_id FROM bound)), run AS ({RUN}), done AS (
    {DONE} AND (d.case_id IN (SELECT case_id FROM bound)
        OR (d.case_id IS NULL AND d.match_id IN (SELECT match_id FROM bound)))
        AND (%(viewer)s::bigint IS NULL OR d.institution_id = %(viewer)s)
        AND (d.done_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(starts)s AND %(ends)s
)
"""  # noqa: S608 - put together from literals


def count(campaign: Campaign, *, viewer: int | None = None) -> dict[str, counting.Counted]:
    """Return every counter by code: over all cases, or over those of the institution with the number `viewer`."""
    days = {"starts": campaign.starts_on, "ends": campaign.ends_on}
    return counting.count(FOUND, {"campaign": campaign.pk, "viewer": viewer, **days})
