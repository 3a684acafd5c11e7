"""Tables of the clues app; rules live in the domain packages beside this one."""

from .batch import Batch, BatchChunk
from .case import Case, CaseParty, CaseStep
from .change import ClueChange
from .clue import Clue, Sighting
from .dispute import Dispute, DisputedClue
from .epoch import KeyDirectory, KeyEpoch
from .event import Event
from .feedback import Feedback, SourceQuality
from .identifier import Identifier
from .job import Job
from .lawful_use import LawfulUseCell, LawfulUseMatrix
from .match import AppliedStanding, Match, MatchParty
from .match_work import MatchRead, MatchReadUntil, MatchWork
from .noise import NoiseEntry
from .quota import QuotaUse
from .ring import Ring, RingEdge, RingMerge, RingRelink
from .screening import Screening, ScreeningAnswer
from .watch import Watch, WatchHit

__all__ = [
    "AppliedStanding",
    "Batch",
    "BatchChunk",
    "Case",
    "CaseParty",
    "CaseStep",
    "Clue",
    "ClueChange",
    "Dispute",
    "DisputedClue",
    "Event",
    "Feedback",
    "Identifier",
    "Job",
    "KeyDirectory",
    "KeyEpoch",
    "LawfulUseCell",
    "LawfulUseMatrix",
    "Match",
    "MatchParty",
    "MatchRead",
    "MatchReadUntil",
    "MatchWork",
    "NoiseEntry",
    "QuotaUse",
    "Ring",
    "RingEdge",
    "RingMerge",
    "RingRelink",
    "Screening",
    "ScreeningAnswer",
    "Sighting",
    "SourceQuality",
    "Watch",
    "WatchHit",
]
