"""Who may learn what of a match: stage S1 of the disclosure (contract.md, `band` and `sectors`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BANDS = ((5, "5+"), (2, "2-4"), (1, "1"))
LIVE_FOR_BANDS = 5
LIVE_FOR_SECTOR = 3

ALLIANCE_SHOWS_BANDS = f"(SELECT count(*) >= {LIVE_FOR_BANDS} FROM institution WHERE state = 'live')"  # noqa: S608 - a number of ours


def band_rank(groups: str) -> str:
    """Return SQL for the rank of the band that a number of groups is in: higher bands rank higher, 0 is none."""
    return f"CASE {' '.join(f'WHEN {groups} >= {least} THEN {least}' for least, _ in BANDS)} ELSE 0 END"


@dataclass(frozen=True)
class Alliance:
    """The live institutions, as (institution id, sector), when the answer is made."""

    live: Sequence[tuple[int, str]]

    def band(self, groups: int) -> str | None:
        """Return the band of a number of independent groups; None in a small alliance."""
        if len(self.live) < LIVE_FOR_BANDS:
            return None
        return next((name for least, name in BANDS if groups >= least), None)

    def sectors(self, present: Iterable[str], *, viewer: int) -> list[str]:
        """Return those of the sectors that hide the institution among at least three."""
        if len(self.live) < LIVE_FOR_BANDS:
            return []
        counts: dict[str, int] = {}
        for institution, sector in self.live:
            if institution != viewer:
                counts[sector] = counts.get(sector, 0) + 1
        return sorted({s for s in present if counts.get(s, 0) >= LIVE_FOR_SECTOR})
