"""What a step leaves on a case beside its state: each returns the columns to set, adds what is a row, and refuses what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import authority_kinds, close_reasons
from clues.cases.guards import waited_for
from clues.cases.pseudonyms import code_of
from clues.models import Case, CasePartExcuse, CaseParty
from members.models import Institution, reference

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, and what was given: `user_id` is nobody for a system, `institution_id` nobody for the desk."""

    user_id: int | None
    institution_id: int | None
    now: datetime
    given: Mapping[str, str] = field(default_factory=dict)
    into: Case | None = None


Mark = Callable[[Case, Act], Mapping[str, Any]]


def take_lead(case: Case, act: Act) -> Mapping[str, Any]:
    """The member that acts leads from now on."""
    return {"lead_id": act.institution_id}


def assign_lead(case: Case, act: Act) -> Mapping[str, Any]:
    """The named party leads from now on; `lead` is its reference `I-…`. Raise Refusal `field-invalid`."""
    number = reference.decode("I", act.given["lead"]) or 0
    live = CaseParty.objects.filter(case=case, institution__in=Institution.objects.at_work().filter(pk=number))
    if number == case.lead_id or not live.exists():
        raise Refusal("field-invalid", gettext_noop("Choose another live party of the case."), field="lead")
    return {"lead_id": number}


def drop_lead(case: Case, act: Act) -> Mapping[str, Any]:
    """Nobody leads any more."""
    return {"lead_id": None}


def excuse(case: Case, act: Act) -> Mapping[str, Any]:
    """Go on without the part of `party` (`member-b`): a live one whose part is not approved. Raise Refusal `field-invalid`."""
    for party in waited_for(case.pk):
        if code_of(party.pseudonym) == act.given["party"]:
            CasePartExcuse.objects.create(case=case, institution_id=party.institution_id, at=act.now)
            return {}
    raise Refusal("field-invalid", gettext_noop("Choose a party whose part is waited for."), field="party")


def propose(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who proposes the approval."""
    return {"proposed_by_id": act.user_id, "proposed_at": act.now}


def approve(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who approved."""
    return {"approved_by_id": act.user_id, "approved_at": act.now}


def unmark(case: Case, act: Act) -> Mapping[str, Any]:
    """Take proposal, approval and the wish to report back: the next attempt needs all persons again."""
    return {
        "proposed_by_id": None,
        "proposed_at": None,
        "approved_by_id": None,
        "approved_at": None,
        **refuse_report(case, act),
    }


def ask_report(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who wants to report out, and to whom: `receiver` is a code of authority-kinds."""
    receiver = act.given["receiver"]
    if receiver not in authority_kinds.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="receiver")
    return {"report_asked_by_id": act.user_id, "report_asked_at": act.now, "receiver": receiver}


def refuse_report(case: Case, act: Act) -> Mapping[str, Any]:
    """Take the wish to report out back."""
    return {"report_asked_by_id": None, "report_asked_at": None, "receiver": ""}


def report(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who released the report-out, and the day on which it reached the receiver, from the approval to today."""
    day = _day(act.given["reported_on"])
    approved_on = case.approved_at.astimezone(CHINA).date() if case.approved_at else None
    if day is None or approved_on is None or not approved_on <= day <= act.now.astimezone(CHINA).date():
        raise Refusal(
            "field-invalid", gettext_noop("Give the day, from that of the approval to today."), field="reported_on"
        )
    return {"reported_by_id": act.user_id, "reported_at": act.now, "reported_on": day}


def close(case: Case, act: Act) -> Mapping[str, Any]:
    """Note how it ended: `reason` is a code of case-close-reasons. A later reopening is asked for anew."""
    reason = act.given["reason"]
    if reason not in close_reasons.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="reason")
    return {"closed_code": reason, "reopened_by_id": None, "reopened_at": None, **refuse_reopen(case, act)}


def ask_reopen(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who wants the case open again."""
    return {"reopen_asked_by_id": act.user_id, "reopen_asked_at": act.now}


def refuse_reopen(case: Case, act: Act) -> Mapping[str, Any]:
    """Take that wish back."""
    return {"reopen_asked_by_id": None, "reopen_asked_at": None}


def reopen(case: Case, act: Act) -> Mapping[str, Any]:
    """Note who had the second look; the end is undone, approval and report-out stand."""
    return {"reopened_by_id": act.user_id, "reopened_at": act.now, "closed_code": "", "closed_reason": ""}


def merge(case: Case, act: Act) -> Mapping[str, Any]:
    """Point to the case that goes on."""
    return {"merged_into_id": act.into.pk if act.into else None}


def _day(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
