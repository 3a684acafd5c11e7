"""The transition table of cases: the row is the rule.

Buttons, permissions, locks, audit verbs, notices, the diagram in docs/cases.md and the tests all derive from it.
A proposal is a mark on a case in triage, not a state of its own: `proposed_by` is set, and a second person has to
approve or return it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from clues.cases.guards import has_no_proposal, has_proposal
from clues.models import Case
from members.models import User
from members.permissions import Permission, can

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Guard = Callable[[Case], str | None]
Mark = Callable[[Case, User, datetime], None]


def mark_proposed(case: Case, by: User, now: datetime) -> None:
    """Note who proposes the approval."""
    case.proposed_by, case.proposed_at = by, now


def mark_approved(case: Case, by: User, now: datetime) -> None:
    """Note who approved."""
    case.approved_by, case.approved_at = by, now


def unmark(case: Case, by: User, now: datetime) -> None:
    """Take proposal and approval back: the next attempt needs both persons again."""
    case.proposed_by = case.proposed_at = None
    case.approved_by = case.approved_at = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from where, by what action, to where; who may, when, and what it leaves behind.

    `four_eyes` means: not the person who proposed. `notify` means: the member parties get an event.
    """

    source: str
    action: str
    target: str
    by: Permission
    verb: str
    four_eyes: bool = False
    needs: tuple[Guard, ...] = ()
    reason_required: bool = False
    mark: Mark | None = None
    notify: bool = False

    @property
    def label(self) -> StrPromise:
        """What the button says."""
        return ACTION_LABELS[self.action]


STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        Case.CANDIDATE: _("Candidate"),
        Case.TRIAGE: _("Triage"),
        Case.APPROVED: _("Approved"),
        Case.REPORTED: _("Handed over"),
        Case.CLOSED: _("Closed"),
        Case.DISMISSED: _("Dismissed"),
    }
)
INITIAL: Final = Case.CANDIDATE
RESTING: Final = frozenset({Case.CLOSED, Case.DISMISSED})

ACTION_LABELS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "open": _("Open"),
        "triage": _("Take up"),
        "propose": _("Propose approval"),
        "approve": _("Approve"),
        "return": _("Return to triage"),
        "report": _("Mark as handed over"),
        "close": _("Close the case"),
        "dismiss": _("Dismiss"),
    }
)

P = Permission
# fmt: off
TRANSITIONS: Final = (
    Transition("candidate", "triage", "triage", by=P.RING_REVIEW, verb="case.triage"),
    Transition("candidate", "dismiss", "dismissed", by=P.RING_REVIEW, verb="case.dismiss",
               reason_required=True, notify=True),
    Transition("triage", "propose", "triage", by=P.CASE_PROPOSE, verb="case.propose",
               needs=(has_no_proposal,), mark=mark_proposed),
    Transition("triage", "approve", "approved", by=P.CASE_DECIDE, verb="case.approve", four_eyes=True,
               needs=(has_proposal,), mark=mark_approved, notify=True),
    Transition("triage", "return", "triage", by=P.CASE_DECIDE, verb="case.return", four_eyes=True,
               needs=(has_proposal,), reason_required=True, mark=unmark),
    Transition("triage", "dismiss", "dismissed", by=P.CASE_DECIDE, verb="case.dismiss",
               reason_required=True, mark=unmark, notify=True),
    Transition("approved", "return", "triage", by=P.CASE_DECIDE, verb="case.return",
               reason_required=True, mark=unmark, notify=True),
    Transition("approved", "report", "reported", by=P.CASE_PROPOSE, verb="case.report", notify=True),
    Transition("reported", "close", "closed", by=P.CASE_DECIDE, verb="case.close",
               reason_required=True, notify=True),
)
# fmt: on

BY_SOURCE_AND_ACTION: Final[Mapping[tuple[str, str], Transition]] = MappingProxyType(
    {(row.source, row.action): row for row in TRANSITIONS}
)


def actions_for(case: Case, user: object) -> list[Transition]:
    """Return the rows that this person could perform on the case as it stands, in the table's order."""
    return [
        row
        for row in TRANSITIONS
        if row.source == case.state
        and can(user, Permission.DESK_VIEW)
        and can(user, row.by)
        and not any(guard(case) for guard in row.needs)
        and not (row.four_eyes and case.proposed_by_id == getattr(user, "pk", None))
    ]
