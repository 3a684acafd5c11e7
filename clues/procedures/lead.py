"""What the lead member records of its case: it waits for the desk, which confirms or voids it (record.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clues.cases.actions import NotTheLead
from clues.cases.queries import OURS, CaseView, get_case
from clues.models import ProcedureEntry
from members.permissions import Permission, check
from members.queries import Member

from .record import RUNS_IN, NotHandedOver, add_state, find_proceeding, locked_case


@transaction.atomic
def record_as_lead(*, case: str, request: Mapping[str, Any], by: Member, now: datetime) -> ProcedureEntry:
    """Record a state of a proceeding of the case that the caller's institution leads. Raise Refusal.

    `request` is as in `record.record`. Whoever may see cases and submit clues may do it: of keys, one with both scopes.
    Raise CaseNotFound to strangers, NotTheLead to the other parties. Until the desk confirms it, nobody else sees it.
    """
    get_led(case=case, by=by)
    found = locked_case(case)
    proceeding, lines = find_proceeding(found, request)
    return add_state(found, proceeding, lines, request, by=by, institution_id=by.institution_id, now=now)


def get_led(*, case: str, by: Member) -> CaseView:
    """Return the case if the caller may record of it now. Raise as `record_as_lead` does, and NotHandedOver."""
    check(by, Permission.CASE_VIEW)
    check(by, Permission.CLUE_SUBMIT)
    found = get_case(case=case, viewer=by)
    if found.lead != OURS:
        raise NotTheLead
    if found.state not in RUNS_IN:
        raise NotHandedOver
    return found
