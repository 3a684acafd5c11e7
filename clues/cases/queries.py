"""Reads of cases by the institutions concerned: where they stand, until when, what is to be done; strangers get nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from clues.cases.actions import Offer, actions_for
from clues.cases.deadlines import is_overdue
from clues.cases.transition import MEMBERS_SEE, CaseNotFound
from clues.cases.workflow import ACTION_LABELS, RESTING, STATES, TRANSITIONS
from clues.models import Case, CaseParty, CaseStep
from members.models import reference
from members.permissions import Viewer
from members.queries import Member

OURS, THEIRS = "mine", "other"
DESK = "desk"
LEADS_TURN: Final = frozenset({Case.LEAD_CLAIMED, Case.JOINT})
"""Where the lead moves the case on; in triage any party may, elsewhere the desk does."""
MEMBERS_ACTIONS: Final = tuple(
    name for name in ACTION_LABELS if any(t.member and t.action == name for t in TRANSITIONS)
)
"""What members can do, in the order of the labels."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a party sees it. `match` is the match it came from, None if it came from a ring.

    `lead` is `mine`, `other` or None; `merged_into` is None to who is no party of that case. `is_ours_to_act`: the next
    step is this institution's. `receiver` and `closed_code` are codes of the vocabulary.
    """

    id: int
    case: str
    state: str
    version: int
    match: str | None
    lead: str | None
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    released_at: datetime
    receiver: str | None
    reported_on: date | None
    closed_code: str | None
    is_ours_to_act: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in RESTING

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have moved on by now."""
        return is_overdue(self.due_at, now=now)


@dataclass(frozen=True, slots=True)
class Milestone:
    """When a case came into a state, by whom (`mine`, `other`, `desk`), and what the parties are told of why."""

    action: str
    state: str
    at: datetime
    by: str
    told: str


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """Which cases: at one state, those that are ours to act on, that we lead, that are overdue. All of it together."""

    state: str | None = None
    ours: bool = False
    led: bool = False
    overdue: bool = False


STATE_CODES: Final = tuple(STATES)
_COLUMNS = (
    "case_id", "case__state", "case__version", "case__match_id", "case__lead_id", "case__opened_at",
    "case__changed_at", "case__due_at", "released_at", "case__receiver", "case__reported_on", "case__closed_code",
)  # fmt: skip
_SHOWN_BESIDE = ("assign-lead", "absorb", "excuse")  # no change of state, and yet something happened


def list_cases(
    *,
    viewer: Viewer,
    before: int | None = None,
    limit: int = 50,
    filters: CaseFilters | None = None,
) -> list[CaseView]:
    """Return the viewer's cases, newest first, `before` a case number (exclusive), `limit` at most."""
    rows = _known(viewer)
    asked = filters or CaseFilters()
    if asked.state is not None:
        rows = rows.filter(case__state=asked.state)
    if asked.led:
        rows = rows.filter(case__lead_id=viewer.institution_id)
    if asked.ours:
        turn = Q(case__lead_id=viewer.institution_id, case__state__in=LEADS_TURN)
        rows = rows.filter(turn | Q(case__state=Case.TRIAGE))
    if asked.overdue:
        rows = rows.filter(case__due_at__lte=Now())
    if before is not None:
        rows = rows.filter(case_id__lt=before)
    return [_view(*row, viewer=viewer) for row in rows.order_by("-case_id").values_list(*_COLUMNS)[:limit]]


def get_case(*, case: str, viewer: Viewer) -> CaseView:
    """Return one case. Raise CaseNotFound, for strangers too."""
    found = _known(viewer).filter(case_id=reference.decode("CASE", case) or 0)
    row = found.values_list(*_COLUMNS).first()
    if row is None:
        raise CaseNotFound
    return _view(*row, viewer=viewer)


def list_milestones(*, case: str, viewer: Viewer) -> list[Milestone]:
    """Return when the case changed its state or its lead, oldest first. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    steps = CaseStep.objects.filter(case_id=found.id).order_by("id")
    rows = steps.values_list("action", "from_state", "to_state", "at", "institution_id", "told")
    return [
        Milestone(action=action, state=target, at=at, by=_by(number, viewer), told=told)
        for action, source, target, at, number, told in rows
        if source != target or action in _SHOWN_BESIDE
    ]


def list_actions(*, case: str, by: Member) -> list[Offer]:
    """Return what can be done with the case where it stands, by whomever, and what keeps this member from it.

    Raise CaseNotFound, for strangers too.
    """
    found = get_case(case=case, viewer=by)
    return actions_for(Case.objects.only(*MEMBERS_SEE).get(pk=found.id), by=by)


def get_merged_into(*, case: str, viewer: Viewer) -> str | None:
    """Return the case that goes on for a merged one, if the viewer knows of it. Raise CaseNotFound."""
    found = get_case(case=case, viewer=viewer)
    target = Case.objects.filter(pk=found.id).values_list("merged_into_id", flat=True).get()
    if target is None or not _known(viewer).filter(case_id=target).exists():
        return None
    return reference.encode("CASE", target)


def _known(viewer: Viewer) -> QuerySet[CaseParty]:
    return CaseParty.objects.filter(institution_id=viewer.institution_id, released_at__lte=Now())


def _by(institution: int | None, viewer: Viewer) -> str:
    if institution is None:
        return DESK
    return OURS if institution == viewer.institution_id else THEIRS


def _view(
    number: int,
    state: str,
    version: int,
    match: int | None,
    lead: int | None,
    opened_at: datetime,
    changed_at: datetime,
    due_at: datetime | None,
    released_at: datetime,
    *ends: Any,
    viewer: Viewer,
) -> CaseView:
    receiver, reported_on, closed_code = ends
    led = None if lead is None else _by(lead, viewer)
    return CaseView(
        id=number,
        case=reference.encode("CASE", number),
        state=state,
        version=version,
        match=None if match is None else reference.encode("M", match),
        lead=led,
        opened_at=opened_at,
        changed_at=changed_at,
        due_at=due_at,
        released_at=released_at,
        # Whom it shall be reported to is the desk's matter until it was.
        receiver=receiver or None if reported_on else None,
        reported_on=reported_on,
        closed_code=closed_code or None,
        is_ours_to_act=state == Case.TRIAGE or (led == OURS and state in LEADS_TURN),
    )
