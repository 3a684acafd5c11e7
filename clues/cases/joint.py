"""What tasks, parts and names of a case have in common: who may, while it may be worked on, and telling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.workflow import RESTING, STATES
from clues.events import telling
from clues.models import Case
from members.permissions import Permission, check
from members.queries import Member

ALIVE: Final = frozenset(STATES) - RESTING
"""Where a case may be asked for: tasks and names go on while it is handed over."""
WRITTEN: Final = frozenset({Case.LEAD_CLAIMED, Case.JOINT})
"""Where parties write their parts: from evidence-ready on they stand as they are, until the case is returned."""


def check_work(by: Member) -> None:
    """Raise PermissionMissing unless whoever acts may work on the institution's cases: an analyst, or one of its keys."""
    check(by, Permission.CASE_VIEW)
    check(by, Permission.CASE_WORK)


def hold(case: int, states: frozenset[str]) -> Case:
    """Keep the case where it is until the end of the transaction. Raise Refusal `transition-refused` if it is elsewhere.

    A step of the case waits for whoever holds it, and the other way round: neither sees half of the other. What is
    loaded is id, state and lead.
    """
    row = Case.objects.select_for_update(of=("self",)).only("id", "state", "lead").get(pk=case)
    if row.state not in states:
        raise Refusal("transition-refused", gettext_noop("The case stands elsewhere; this is not open now."))
    return row


def tell(case: int, told: Iterable[tuple[int, str]], *, now: datetime) -> None:
    """Write events about the case: (institution, kind), released with the next tick."""
    telling.tell("CASE", case, told, now=now)
