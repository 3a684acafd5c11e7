"""What a measure rests on, compared with what stands: one statement over a set of measures, and what was shown of a match.

The ground of a measure is what stood when it was taken: the institution's own clue, the match, the case. The match stands
for the institution as long as it is a party: the matcher keeps parties only where two groups meet, and takes those out that
left. What a dispute undid that is not decided yet has fallen too: the person concerned need not wait for the decision. A
match that stands, but shows less than it did, has weakened: somebody has to look whether what remains suffices. A case that
was approved stands by itself: its evidence went through four eyes, and its match may end meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from clues.matching.queries import MatchView
from clues.matching.visibility import ALLIANCE_SHOWS_BANDS, BANDS, band_rank

EARLY: Final = ["candidate", "triage", "lead-claimed", "joint", "evidence-ready"]
"""States in which a case still rests on its match or ring."""
RANKS: Final[Mapping[str, int]] = MappingProxyType({name: least for least, name in BANDS})

# Nobody is there to lift what an institution did that left, or to be told while it is suspended: then its parties are out.
CAUSES: Final = f"""
SELECT d.id, d.institution_id, CASE
    WHEN d.subject = 'clue' AND c.id IS NULL THEN 'expired'
    WHEN d.subject = 'clue' AND c.state = 'expired' THEN 'expired'
    WHEN d.subject = 'clue' AND c.state = 'withdrawn' THEN coalesce((
        SELECT CASE h.reason WHEN 'dispute-upheld' THEN 'refuted' WHEN 'dispute-lapsed' THEN 'lapsed' ELSE 'withdrawn' END
        FROM clue_change h WHERE h.clue_id = c.id AND h.kind = 'withdrawn' ORDER BY h.id DESC LIMIT 1), 'withdrawn')
    WHEN d.match_id IS NOT NULL AND own.id IS NULL THEN 'undone'
    WHEN f.state = 'dismissed' THEN 'dismissed'
    WHEN f.state = ANY(%(early)s) AND f.match_id IS NOT NULL AND party.id IS NULL THEN 'undone'
    WHEN f.state = ANY(%(early)s) AND r.state = 'dissolved' THEN 'undone'
    WHEN d.match_grade <> '' AND shown.grade > d.match_grade THEN 'weakened'
    WHEN bands.shown AND shown.band < d.match_band THEN 'weakened'
END AS cause
FROM disposition d
JOIN institution i ON i.id = d.institution_id AND i.state = 'live' AND i.departed_at IS NULL
CROSS JOIN {ALLIANCE_SHOWS_BANDS} AS bands (shown)
LEFT JOIN clue c ON c.id = d.clue_id
LEFT JOIN case_file f ON f.id = d.case_id
LEFT JOIN ring r ON r.id = f.ring_id
LEFT JOIN match_party own ON own.match_id = d.match_id AND own.institution_id = d.institution_id
LEFT JOIN match_party party ON party.match_id = f.match_id AND party.institution_id = d.institution_id
LEFT JOIN LATERAL (
    SELECT {band_rank("count(DISTINCT p.group_id) FILTER (WHERE p.group_id <> own.group_id)")} AS band,
        min(p.best_grade) AS grade
    FROM match_party p JOIN institution o ON o.id = p.institution_id AND o.state = 'live'
    WHERE p.match_id = d.match_id AND p.released_at <= clock_timestamp()
) shown ON own.id IS NOT NULL
WHERE d.state <> 'lifted' AND d.kind = ANY(%(kinds)s)
"""  # noqa: S608 - put together from literals


def shown_of(match: MatchView) -> dict[str, object]:
    """Return what of a match the ground is measured by, as columns of the measure: the band it shows, and its best grade."""
    return {"match_band": RANKS.get(match.band or "", 0), "match_grade": match.best_grade}
