"""Tables of the clues app; rules live in the domain packages beside this one."""

from .batch import Batch, BatchChunk
from .case import Case, CaseParty, CaseStep
from .clue import Clue, Sighting
from .epoch import KeyDirectory, KeyEpoch
from .identifier import Identifier
from .job import Job
from .match import Match, MatchParty
from .notice import Notice
from .quota import QuotaUse
from .ring import Ring, RingEdge, RingMerge
from .screening import Screening, ScreeningAnswer

__all__ = [
    "Batch",
    "BatchChunk",
    "Case",
    "CaseParty",
    "CaseStep",
    "Clue",
    "Identifier",
    "Job",
    "KeyDirectory",
    "KeyEpoch",
    "Match",
    "MatchParty",
    "Notice",
    "QuotaUse",
    "Ring",
    "RingEdge",
    "RingMerge",
    "Screening",
    "ScreeningAnswer",
    "Sighting",
]
