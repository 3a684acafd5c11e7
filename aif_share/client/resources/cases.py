"""Cases: what the alliance makes of a match or ring with the institutions concerned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, edited, named


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOffer(Answer):
    """A step that starts where the case stands; `by` says who takes it (member or desk), `open` whether this key can."""

    action: str
    by: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep(Answer):
    """What happened: the action, where the case stood afterwards, by whom (mine, other, desk), and what is told of why."""

    action: str
    state: str
    by: str
    at: datetime | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Answer):
    """A case. `lead`: mine, other or None. `reported_on` is a day such as 2026-11-02. `actions`, `steps` and `merged_into` come with one case, not with the list."""

    case: str
    state: str
    version: int
    lead: str | None = None
    match: str | None = None
    opened_at: datetime | None = None
    changed_at: datetime | None = None
    released_at: datetime | None = None
    due_at: datetime | None = None
    overdue: bool = False
    ours_to_act: bool = False
    receiver: str | None = None
    reported_on: str | None = None
    closed_code: str | None = None
    merged_into: str | None = None
    actions: tuple[CaseOffer, ...] = ()
    steps: tuple[CaseStep, ...] = ()


class Cases(Resource):
    """`client.cases`."""

    def list(self, *, state: str | None = None, show: str | None = None, limit: int | None = None) -> Iterator[Case]:
        """Cases that concern this institution; `show`: ours (to act on), led (by us) or overdue."""
        return self._pages(Case, "cases", state=state, show=show, limit=limit)

    def get(self, case: Case | str) -> Case:
        """One case, with what can be done and what happened."""
        return Case.read(self._session.get(f"cases/{named('CASE', 'case', case)}"))

    def act(
        self,
        case: Case | str,
        action: str,
        *,
        note: str | None = None,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """Take a step: claim, join-up, hand-back (needs a note) or ready. Raise VersionChanged if it moved meanwhile."""
        reference, known = edited("CASE", "case", case, version)
        path, body = f"cases/{reference}/actions", body_of(action=action, note=note)
        return Case.read(self._session.write("POST", path, body, idempotency_key=idempotency_key, version=known))
