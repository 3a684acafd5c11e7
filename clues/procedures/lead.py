"""What the lead member records of its case: it waits for the desk, which confirms or voids it (record.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clues.cases.actions import NotTheLead
from clues.cases.queries import OURS, get_case
from clues.models import ProcedureEntry
from members.permissions import Permission, check
from members.queries import Member

from .record import add_state, find_proceeding, locked_case


@transaction.atomic
def record_as_lead(*, case: str, request: Mapping[str, Any], by: Member, now: datetime) -> ProcedureEntry:
    """Record a state of a proceeding of the case that the caller's institution leads. Raise Refusal.

    `request` is as in `record.record`. Whoever may see cases and submit clues may do it: of keys, one with both scopes.
    Raise CaseNotFound to strangers, NotTheLead to the other parties. Until the desk confirms it, nobody else sees it.
    """
    check(by, Permission.CASE_VIEW)
    check(by, Permission.CLUE_SUBMIT)
    if get_case(case=case, viewer=by).lead != OURS:
        raise NotTheLead
    found = locked_case(case)
    proceeding, lines = find_proceeding(found, request)
    return add_state(found, proceeding, lines, request, by=by, institution_id=by.institution_id, now=now)
