"""The transition table of cases: the row is the rule, for desk, portal and API alike.

Buttons, permissions, locks, deadlines, audit verbs, notices, the diagram in docs/cases.md and the tests all derive from
it. What takes two persons is asked by one row and decided by another: the asking is a mark on the case, not a state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from clues.cases import guards as g
from clues.cases import marks as m
from clues.models import Case
from members.permissions import Permission

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Guard = Callable[[Case], str | None]


class Side(StrEnum):
    """Which member may take a step: any party of the case, or the lead alone."""

    PARTY = "party"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, by what action, to where; who may, when, and what it leaves behind.

    `desk` is the permission that a person of the desk needs, `member` which member may; None: that side may not.
    `four_eyes` names the columns whose person may not take the step. `asks` is what has to be given beside the note.
    `days` are the working days that the case may stand afterwards. `edits`: the step is work on the case, so who takes
    it does not approve. `told`: the parties read the note. `notify`: the parties get an event.
    """

    source: str
    action: str
    target: str
    verb: str
    days: int | None
    desk: Permission | None = None
    member: Side | None = None
    four_eyes: tuple[str, ...] = ()
    needs: tuple[Guard, ...] = ()
    asks: tuple[str, ...] = ()
    note_required: bool = False
    told: bool = False
    edits: bool = False
    mark: m.Mark | None = None
    notify: bool = False

    @property
    def label(self) -> StrPromise:
        """What the button says."""
        return ACTION_LABELS[self.action]


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        Case.CANDIDATE: _("Candidate"),
        Case.TRIAGE: _("Triage"),
        Case.LEAD_CLAIMED: _("Lead claimed"),
        Case.JOINT: _("Joint work"),
        Case.EVIDENCE_READY: _("Evidence ready"),
        Case.APPROVED: _("Approved"),
        Case.REPORTED: _("Handed over"),
        Case.CLOSED: _("Closed"),
        Case.DISMISSED: _("Dismissed"),
        Case.MERGED: _("Merged"),
    }
)
INITIAL: Final = Case.CANDIDATE
INITIAL_DAYS: Final = 3
RESTING: Final = frozenset({Case.CLOSED, Case.DISMISSED, Case.MERGED})

ACTION_LABELS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "open": _("Open"),
        "triage": _("Take up"),
        "claim": _("Take the lead"),
        "assign-lead": _("Assign the lead"),
        "hand-back": _("Hand the lead back"),
        "join-up": _("Start the joint work"),
        "ready": _("Declare the evidence ready"),
        "excuse": _("Go on without a party's part"),
        "propose": _("Propose approval"),
        "approve": _("Approve"),
        "return": _("Return for more evidence"),
        "ask-report": _("Ask for the report-out"),
        "refuse-report": _("Refuse the report-out"),
        "report": _("Mark as handed over"),
        "close": _("Close the case"),
        "ask-reopen": _("Ask for reopening"),
        "refuse-reopen": _("Refuse the reopening"),
        "reopen": _("Reopen"),
        "dismiss": _("Dismiss"),
        "merge": _("Merge into another case"),
        "absorb": _("Took over a merged case"),
    }
)

P, LEAD, PARTY = Permission, Side.LEAD, Side.PARTY
# fmt: off
TRANSITIONS: Final = (
    Transition("candidate", "triage", "triage", "case.triage", 5, desk=P.RING_REVIEW, edits=True,
               notify=True),
    Transition("candidate", "dismiss", "dismissed", "case.dismiss", None, desk=P.RING_REVIEW,
               note_required=True, told=True, notify=True),
    Transition("candidate", "merge", "merged", "case.merge", None, desk=P.CASE_DECIDE, asks=("into",),
               note_required=True, mark=m.merge, notify=True),

    Transition("triage", "claim", "lead-claimed", "case.claim", 5, member=PARTY, edits=True,
               mark=m.take_lead, notify=True),
    Transition("triage", "assign-lead", "lead-claimed", "case.assign-lead", 5, desk=P.RING_REVIEW, asks=("lead",),
               edits=True, mark=m.assign_lead, notify=True),
    Transition("triage", "dismiss", "dismissed", "case.dismiss", None, desk=P.CASE_DECIDE,
               note_required=True, told=True, notify=True),
    Transition("triage", "merge", "merged", "case.merge", None, desk=P.CASE_DECIDE, asks=("into",),
               note_required=True, mark=m.merge, notify=True),

    Transition("lead-claimed", "join-up", "joint", "case.join-up", 20, desk=P.CASE_PROPOSE, member=LEAD,
               edits=True, notify=True),
    Transition("lead-claimed", "assign-lead", "lead-claimed", "case.assign-lead", 5, desk=P.RING_REVIEW,
               asks=("lead",), edits=True, mark=m.assign_lead, notify=True),
    Transition("lead-claimed", "hand-back", "triage", "case.hand-back", 5, desk=P.CASE_PROPOSE, member=LEAD,
               note_required=True, edits=True, mark=m.drop_lead, notify=True),
    Transition("lead-claimed", "dismiss", "dismissed", "case.dismiss", None, desk=P.CASE_DECIDE,
               note_required=True, told=True, notify=True),
    Transition("lead-claimed", "merge", "merged", "case.merge", None, desk=P.CASE_DECIDE, asks=("into",),
               note_required=True, mark=m.merge, notify=True),

    Transition("joint", "ready", "evidence-ready", "case.ready", 3, desk=P.CASE_PROPOSE, member=LEAD,
               needs=(g.all_parts_approved,), edits=True, notify=True),
    Transition("joint", "assign-lead", "joint", "case.assign-lead", 20, desk=P.RING_REVIEW, asks=("lead",),
               edits=True, mark=m.assign_lead, notify=True),
    Transition("joint", "excuse", "joint", "case.excuse", 10, desk=P.CASE_PROPOSE, asks=("party",),
               needs=(g.waits_for_a_part,), note_required=True, told=True, edits=True, mark=m.excuse, notify=True),
    Transition("joint", "dismiss", "dismissed", "case.dismiss", None, desk=P.CASE_DECIDE,
               note_required=True, told=True, notify=True),
    Transition("joint", "merge", "merged", "case.merge", None, desk=P.CASE_DECIDE, asks=("into",),
               note_required=True, mark=m.merge, notify=True),

    Transition("evidence-ready", "propose", "evidence-ready", "case.propose", 3, desk=P.CASE_PROPOSE,
               needs=(g.has_no_proposal,), mark=m.propose),
    Transition("evidence-ready", "approve", "approved", "case.approve", 3, desk=P.CASE_DECIDE,
               four_eyes=("proposed_by", "edited_by"), needs=(g.has_proposal, g.all_parts_approved), mark=m.approve, notify=True),
    Transition("evidence-ready", "return", "joint", "case.return", 10, desk=P.CASE_DECIDE,
               note_required=True, told=True, mark=m.unmark, notify=True),
    Transition("evidence-ready", "dismiss", "dismissed", "case.dismiss", None, desk=P.CASE_DECIDE,
               note_required=True, told=True, mark=m.unmark, notify=True),

    Transition("approved", "ask-report", "approved", "case.ask-report", 2, desk=P.CASE_PROPOSE, asks=("receiver",),
               needs=(g.has_no_report_request,), mark=m.ask_report),
    Transition("approved", "refuse-report", "approved", "case.refuse-report", 3, desk=P.CASE_DECIDE,
               needs=(g.has_report_request,), note_required=True, mark=m.refuse_report),
    Transition("approved", "report", "reported", "case.report", 60, desk=P.CASE_DECIDE, asks=("reported_on",),
               four_eyes=("report_asked_by",), needs=(g.has_report_request, g.has_released_package), mark=m.report, notify=True),
    Transition("approved", "return", "joint", "case.return", 10, desk=P.CASE_DECIDE,
               note_required=True, told=True, mark=m.unmark, notify=True),

    Transition("reported", "close", "closed", "case.close", None, desk=P.CASE_DECIDE, asks=("reason",),
               note_required=True, told=True, mark=m.close, notify=True),

    Transition("closed", "ask-reopen", "closed", "case.ask-reopen", None, desk=P.CASE_PROPOSE,
               needs=(g.has_no_reopen_request,), note_required=True, mark=m.ask_reopen),
    Transition("closed", "refuse-reopen", "closed", "case.refuse-reopen", None, desk=P.CASE_DECIDE,
               needs=(g.has_reopen_request,), note_required=True, mark=m.refuse_reopen),
    Transition("closed", "reopen", "reported", "case.reopen", 60, desk=P.CASE_DECIDE, four_eyes=("reopen_asked_by",),
               needs=(g.has_reopen_request, g.is_the_only_open_case), note_required=True, told=True,
               mark=m.reopen, notify=True),
)
# fmt: on

BY_SOURCE_AND_ACTION: Final[Mapping[tuple[str, str], Transition]] = MappingProxyType(
    {(row.source, row.action): row for row in TRANSITIONS}
)
