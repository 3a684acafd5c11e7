"""Tables of the clues app; rules live in the domain packages beside this one."""

from .batch import Batch, BatchChunk
from .campaign import Campaign, CampaignCase, CampaignTarget, CampaignUnit
from .case import ONE_OPEN, Case, CaseParty, CaseStep
from .case_charge import CaseCharge, CaseElement
from .case_naming import CaseNaming, CaseUnmasking
from .case_part import CasePart, CasePartExcuse
from .case_task import CaseTask
from .change import ClueChange
from .clue import Clue, Sighting
from .content import Content, ContentAnswers, ContentReport, ContentSheet, ContentStep
from .data_key import DataKey
from .disposition import Disposition, DispositionStep, GroundCheck, LiftNotice
from .dispute import Dispute, DisputedClue
from .epoch import KeyDirectory, KeyEpoch
from .event import Event
from .evidence import CustodyEntry, EvidenceItem, EvidenceUpload
from .evidence_demand import EvidenceDemand
from .feed import FeedAcknowledgment, FeedEntry, FeedReceiver
from .feedback import Feedback, SourceQuality
from .figure import AllianceWeek, CategoryFigure, DailyFigure, FunnelFigure, InstitutionFigure, OutcomeFigure
from .fishing import FishingTally, HoneyToken, ScreeningSuspension
from .guidance import GuidanceRow, GuidanceVersion
from .hold import BatchHold
from .identifier import Identifier
from .job import Job
from .lawful_use import LawfulUseCell, LawfulUseMatrix
from .match import AppliedStanding, Match, MatchParty
from .match_work import MatchRead, MatchReadUntil, MatchWork
from .noise import NoiseEntry
from .notification import NoticeMark, NoticeRead
from .official_request import OfficialDisclosure, OfficialOfficer, OfficialParty, OfficialRequest, OfficialStep
from .package import Package
from .part_identifier import PartIdentifier
from .procedure_entry import ProcedureEntry, Proceeding
from .quarantine import QuarantinedRow
from .quota import QuotaUse
from .request import MemberRequest, RequestIdentifier, RequestParty, RequestStep
from .review import ClueReview
from .ring import Ring, RingCut, RingCutEdge, RingEdge, RingMerge, RingRelink, RingReview
from .saved_view import SavedView
from .screening import Screening, ScreeningAnswer
from .statement import Statement
from .stored_object import StoredObject
from .watch import Watch, WatchHit

__all__ = [
    "ONE_OPEN",
    "AllianceWeek",
    "AppliedStanding",
    "Batch",
    "BatchChunk",
    "BatchHold",
    "Campaign",
    "CampaignCase",
    "CampaignTarget",
    "CampaignUnit",
    "Case",
    "CaseCharge",
    "CaseElement",
    "CaseNaming",
    "CasePart",
    "CasePartExcuse",
    "CaseParty",
    "CaseStep",
    "CaseTask",
    "CaseUnmasking",
    "CategoryFigure",
    "Clue",
    "ClueChange",
    "ClueReview",
    "Content",
    "ContentAnswers",
    "ContentReport",
    "ContentSheet",
    "ContentStep",
    "CustodyEntry",
    "DailyFigure",
    "DataKey",
    "Disposition",
    "DispositionStep",
    "Dispute",
    "DisputedClue",
    "Event",
    "EvidenceDemand",
    "EvidenceItem",
    "EvidenceUpload",
    "FeedAcknowledgment",
    "FeedEntry",
    "FeedReceiver",
    "Feedback",
    "FishingTally",
    "FunnelFigure",
    "GroundCheck",
    "GuidanceRow",
    "GuidanceVersion",
    "HoneyToken",
    "Identifier",
    "InstitutionFigure",
    "Job",
    "KeyDirectory",
    "KeyEpoch",
    "LawfulUseCell",
    "LawfulUseMatrix",
    "LiftNotice",
    "Match",
    "MatchParty",
    "MatchRead",
    "MatchReadUntil",
    "MatchWork",
    "MemberRequest",
    "NoiseEntry",
    "NoticeMark",
    "NoticeRead",
    "OfficialDisclosure",
    "OfficialOfficer",
    "OfficialParty",
    "OfficialRequest",
    "OfficialStep",
    "OutcomeFigure",
    "Package",
    "PartIdentifier",
    "ProcedureEntry",
    "Proceeding",
    "QuarantinedRow",
    "QuotaUse",
    "RequestIdentifier",
    "RequestParty",
    "RequestStep",
    "Ring",
    "RingCut",
    "RingCutEdge",
    "RingEdge",
    "RingMerge",
    "RingRelink",
    "RingReview",
    "SavedView",
    "Screening",
    "ScreeningAnswer",
    "ScreeningSuspension",
    "Sighting",
    "SourceQuality",
    "Statement",
    "StoredObject",
    "Watch",
    "WatchHit",
]
