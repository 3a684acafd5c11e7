"""Who may take which step of a case as it stands, and why not: what buttons are made of, and what `perform` checks."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.workflow import TRANSITIONS, Side, Transition
from clues.models import Case
from members.models import User
from members.permissions import Permission, check
from members.queries import Member

_NOT_TWICE: Final = MappingProxyType(
    {
        "proposed_by": gettext_noop("You proposed this case; a second person has to decide."),
        "edited_by": gettext_noop("You worked on this case last; a second person has to decide."),
        "report_asked_by": gettext_noop("You asked for this report-out; a second person has to release it."),
        "reopen_asked_by": gettext_noop("You asked for this reopening; a second person has to look at it."),
    }
)


class StepNotOpen(Refusal):
    """The table has no such row from where the case stands, or one of its preconditions does not hold."""

    def __init__(self, why: str = gettext_noop("The case stands elsewhere; reload the page.")) -> None:
        super().__init__("transition-refused", why)


class SecondPersonNeeded(Refusal):
    """Whoever asked for it, or worked on the case last, cannot decide. `column` says which of these the person is."""

    def __init__(self, column: str) -> None:
        super().__init__("four-eyes", _NOT_TWICE[column])


class NotTheLead(Refusal):
    """The step is the lead's, and the institution is another party."""

    def __init__(self) -> None:
        super().__init__("not-the-lead", gettext_noop("The institution that leads this case does this."))


class OtherSide(Refusal):
    """The step is the desk's, or the members'."""

    def __init__(self, *, desks: bool) -> None:
        why = (
            gettext_noop("The alliance's desk does this.")
            if desks
            else gettext_noop("A member of the case does this, in its portal or by the API.")
        )
        super().__init__("permission-missing", why)


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that starts where the case stands, and why this actor cannot take it: None if the step is open."""

    row: Transition
    why: str | None


def actions_for(case: Case, *, by: User | Member) -> list[Offer]:
    """Return every row from where the case stands, in the table's order, with what keeps this actor from it."""
    return [Offer(row, _why_not(row, case, by)) for row in TRANSITIONS if row.source == case.state]


def open_actions(case: Case, *, by: User | Member) -> list[Transition]:
    """Return the rows that this actor could take on the case as it stands, given a note and what else they ask."""
    return [offer.row for offer in actions_for(case, by=by) if offer.why is None]


def check_row(row: Transition, case: Case, *, by: User | Member) -> None:
    """Raise the reason why this actor may not take the row on the case, if there is one.

    OtherSide, PermissionMissing, NotTheLead, StepNotOpen or SecondPersonNeeded, in this order.
    """
    if isinstance(by, User):
        check(by, Permission.DESK_VIEW)
        if row.desk is None:
            raise OtherSide(desks=False)
        check(by, row.desk)
    else:
        check(by, Permission.CASE_VIEW)
        if row.member is None:
            raise OtherSide(desks=True)
        check(by, Permission.CASE_WORK)
        if row.member is Side.LEAD and case.lead_id != by.institution_id:
            raise NotTheLead
    for guard in row.needs:
        why = guard(case)
        if why is not None:
            raise StepNotOpen(why)
    for column in row.four_eyes:
        if getattr(case, f"{column}_id") == getattr(by, "pk", None):
            raise SecondPersonNeeded(column)


def _why_not(row: Transition, case: Case, by: User | Member) -> str | None:
    try:
        check_row(row, case, by=by)
    except Refusal as refusal:
        return refusal.detail
    return None
