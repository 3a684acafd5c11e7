"""Reads of tasks of cases: those asked of the institution, and for the lead of a case all that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from clues.cases.naming import PartyView, parties_by_number
from clues.cases.queries import get_case
from clues.cases.tasks import WORKING_ROLES, TaskNotFound
from clues.cases.workflow import RESTING
from clues.models import CaseTask
from members.models import User, reference
from members.permissions import Viewer
from members.queries import Person


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as its party, or the lead of its case, sees it.

    `to` is the party it is asked of, `giver` the one that gave it, None for the alliance. `is_mine`: asked of the viewer;
    `is_given`: given by the viewer. `assignee` (`U-…`) is shown to the party alone. How it ended is told at a tick:
    until then it is `open` to the other side.
    """

    id: int
    case: str
    task: str
    to: PartyView | None
    giver: PartyView | None
    by_alliance: bool
    kind: str
    note: str
    state: str
    version: int
    given_at: datetime
    due_at: datetime
    ended_at: datetime | None
    answer: str
    assignee: str | None
    is_mine: bool
    is_given: bool
    is_over: bool  # the case rests, so nothing is asked any more

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should be done by now."""
        return self.state == CaseTask.OPEN and not self.is_over and self.due_at <= now


# Whoever ended it sees so at once: the party that answered, the giver that canceled.
_TASKS: Final = """
SELECT t.id, t.case_id, t.institution_id, t.giver_id, t.kind, t.note, t.state, t.version, t.given_at, t.due_at, t.ended_at,
    t.ended_note, CASE WHEN t.institution_id = %(institution)s THEN t.assignee_id END,
    CASE t.state WHEN 'open' THEN true WHEN 'canceled' THEN t.giver_id IS NOT DISTINCT FROM %(institution)s
        ELSE t.institution_id = %(institution)s END OR t.ended_released_at <= clock_timestamp() AS told,
    c.state = ANY(%(resting)s)
FROM case_party own JOIN case_file c ON c.id = own.case_id JOIN case_task t ON t.case_id = own.case_id
WHERE own.institution_id = %(institution)s AND own.released_at <= clock_timestamp()
    AND (t.released_at <= clock_timestamp() OR t.giver_id = %(institution)s)
    AND (t.institution_id = %(institution)s OR t.giver_id = %(institution)s OR c.lead_id = %(institution)s)
"""
OF_CASE: Final = f"{_TASKS} AND t.case_id = %(case)s AND t.id < %(before)s ORDER BY t.id DESC LIMIT %(limit)s"
ONE: Final = f"{_TASKS} AND t.case_id = %(case)s AND t.id = %(task)s"
TO_DO: Final = f"""{_TASKS} AND t.institution_id = %(institution)s AND t.state = 'open' AND NOT c.state = ANY(%(resting)s)
    AND (t.due_at, t.id) > (%(due)s, %(after)s) ORDER BY t.due_at, t.id LIMIT %(limit)s"""
_FIRST: Final = ("-infinity", 0)


def list_tasks(*, case: str, viewer: Viewer, before: int | None = None, limit: int = 100) -> list[TaskView]:
    """Return the tasks of a case that the viewer may see, newest first. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    return _list(OF_CASE, viewer, case=found.id, before=2**62 if before is None else before, limit=limit)


def get_task(*, case: str, task: str, viewer: Viewer) -> TaskView:
    """Return one of them. Raise CaseNotFound or TaskNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    rows = _list(ONE, viewer, case=found.id, task=reference.decode("T", task) or 0)
    if not rows:
        raise TaskNotFound
    return rows[0]


def list_to_do(*, viewer: Viewer, after: tuple[str, int] | None = None, limit: int = 50) -> list[TaskView]:
    """Return what is asked of the viewer's institution in all its cases, the first one due first, behind `after`."""
    due, number = after or _FIRST
    return _list(TO_DO, viewer, due=due, after=number, limit=limit)


def list_colleagues(*, viewer: Person) -> list[tuple[str, str]]:
    """Return (`U-…`, name) of those of the institution who can be given a task."""
    people = User.objects.filter(institution_id=viewer.institution_id, is_active=True, role__in=WORKING_ROLES)
    return [(person.ref, person.full_name or person.username) for person in people.order_by("username")]


def _list(statement: str, viewer: Viewer, **names: Any) -> list[TaskView]:
    names |= {"institution": viewer.institution_id, "resting": sorted(RESTING)}
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        rows = cursor.fetchall()
    parties = {case: parties_by_number(case, viewer=viewer) for case in {row[1] for row in rows}}
    return [_view(row, parties[row[1]], viewer) for row in rows]


def _view(row: tuple[Any, ...], parties: dict[int, PartyView], viewer: Viewer) -> TaskView:
    (
        number,
        case,
        institution,
        giver,
        kind,
        note,
        state,
        version,
        given_at,
        due_at,
        ended_at,
        answer,
        assignee,
        told,
        over,
    ) = row
    return TaskView(
        id=number,
        case=reference.encode("CASE", case),
        task=reference.encode("T", number),
        to=parties.get(institution),
        giver=parties.get(giver),
        by_alliance=giver is None,
        kind=kind,
        note=note,
        state=state if told else CaseTask.OPEN,
        version=version if told else version - 1,
        given_at=given_at,
        due_at=due_at,
        ended_at=ended_at if told else None,
        answer=answer if told else "",
        assignee=None if assignee is None else reference.encode("U", assignee),
        is_mine=institution == viewer.institution_id,
        is_given=giver == viewer.institution_id,
        is_over=over,
    )
