"""Reads of cases by the institutions concerned: reference, state and dates; strangers get nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Now

from clues.cases.transition import CaseNotFound
from clues.cases.workflow import RESTING
from clues.models import CaseParty, CaseStep
from members.models import reference
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a party sees it. `match` is the match it came from, None if it came from a ring."""

    id: int
    case: str
    state: str
    match: str | None
    opened_at: datetime
    changed_at: datetime
    released_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in RESTING


@dataclass(frozen=True, slots=True)
class Milestone:
    """When a case came into a state."""

    state: str
    at: datetime


_COLUMNS = ("case_id", "case__state", "case__match_id", "case__opened_at", "case__changed_at", "released_at")


def list_cases(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[CaseView]:
    """Return the viewer's cases, newest first, `before` a case number (exclusive), `limit` at most."""
    parties = CaseParty.objects.filter(institution_id=viewer.institution_id, released_at__lte=Now())
    if before is not None:
        parties = parties.filter(case_id__lt=before)
    return [_view(*row) for row in parties.order_by("-case_id").values_list(*_COLUMNS)[:limit]]


def get_case(*, case: str, viewer: Viewer) -> CaseView:
    """Return one case. Raise CaseNotFound, for strangers too."""
    parties = CaseParty.objects.filter(
        case_id=reference.decode("CASE", case) or 0,
        institution_id=viewer.institution_id,
        released_at__lte=Now(),
    )
    row = parties.values_list(*_COLUMNS).first()
    if row is None:
        raise CaseNotFound
    return _view(*row)


def list_milestones(*, case: str, viewer: Viewer) -> list[Milestone]:
    """Return when the case changed its state, oldest first. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    steps = CaseStep.objects.filter(case_id=found.id).order_by("id").values_list("from_state", "to_state", "at")
    return [Milestone(state=target, at=at) for source, target, at in steps if source != target]


def _view(
    number: int, state: str, match: int | None, opened_at: datetime, changed_at: datetime, released_at: datetime
) -> CaseView:
    return CaseView(
        id=number,
        case=reference.encode("CASE", number),
        state=state,
        match=None if match is None else reference.encode("M", match),
        opened_at=opened_at,
        changed_at=changed_at,
        released_at=released_at,
    )
