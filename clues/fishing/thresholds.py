"""The numbers of the detector, as the trigger of the ledger has them (migration `fishing`); a test compares the two.

Fixed before any evaluation was run: the seed of the evaluation is made from the hash of this file, so whoever turns a
number gets other fishers (ADR 0048). Nothing here is read while screenings are judged: no setting reaches the trigger.

Log likelihood ratios of independent observations could be added up as they are. Questions of one case, one night or one
day are not independent, so those terms count only for a part of their ratio, and no more than `most` for purposes where
the hit rate decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

THRESHOLD: Final = 14.0
"""Points at which screening is suspended: odds of about a million to one, were all questions independent."""

LEAST_TOKENS: Final = 400
"""Questions that nobody is judged on fewer than, counted since the points last were zero."""

EACH_ASKER: Final = 2.5
"""Points that the threshold rises by with each further asker who has any, where those of all askers are added up. Those
of one who hits no more seldom than the rate it is judged by are at most exponential with mean 1, and the sum of n of them
reaches 14 + 2.5 (n - 1) once in a million."""

FISHER_RATE: Final = 0.004
"""Hit rate of a customer list: between 0.1 and 0.5 % of customers are known."""
HONEST_RATE: Final = 0.04
"""Hit rate of honest questions about suspects, where an institution has no history of its own."""
LEAST_HONEST_RATE: Final = 0.02
"""However seldom an institution hit before, its own rate is not taken for lower: nobody trains the detector down."""
PRIOR_TOKENS: Final = 200
"""Questions that the rate of the alliance weighs as much as, beside the institution's own; and the rate of the institution,
beside the asker's own."""
KEPT_A_DAY: Final = 0.98
"""What a day's questions weigh a day later: half after a month, three tenths after sixty days."""

NIGHT_HOURS: Final = (14, 22)
"""Hours of UTC that are 22:00 to 06:00 in China."""
NIGHT_POINTS: Final = (0.0049, -0.0063)
"""A token by night and by day: 0.005 of the ratio 0.8 to 0.3."""

VOLUME_FACTOR: Final = 4
"""Times its habit up to which a day is usual."""
VOLUME_POINTS: Final = (0.046, -0.0128)
"""A token beyond the usual day and within: 0.02 of the ratio 0.5 to 0.05."""
LEAST_DAYS: Final = 10
"""Days of questions after which an institution has a habit of its own."""
USUAL_DAY: Final = 500
"""The habit of whoever has none yet, in tokens."""
LEAST_HABIT: Final = 100
"""A habit is not taken for less, in tokens a day."""

LOOK_BACK: Final = 64
"""Screenings with the same case number that are looked at."""


@dataclass(frozen=True)
class Weights:
    """What a class of purposes is judged by."""

    hits: bool
    """Whether the hit rate is a term: among those who merely come along, hits are as rare as in a customer list."""
    case_tokens: int
    """Tokens that one case number has in honest use."""
    case_points: tuple[float, float]
    """A token beyond that number, or without a case number, and one within."""
    most: tuple[float, float, float]
    """Points of case numbers, nights and volume that count at most."""


SUSPECTS: Final = Weights(hits=True, case_tokens=60, case_points=(0.0179, -0.0081), most=(3, 2, 3))
"""Somebody gave cause to ask. These purposes are judged each by itself and all together, under no purpose."""
COMERS: Final = Weights(hits=False, case_tokens=10, case_points=(0.0896, -0.0405), most=(100, 3, 100))
"""Everybody who comes is asked about: each with a case number of their own."""

PURPOSES: Final = {
    "inbound-call": COMERS,
    "transaction-risk": COMERS,
    "onboarding": COMERS,
    "complaint-handling": SUSPECTS,
    "agent-verification": SUSPECTS,
    "investigation": SUSPECTS,
    "police-assistance": SUSPECTS,
    "content-takedown": SUSPECTS,
}
