"""Plan a campaign, change it while it is open, start it, end it: locked, audited, the members told of what they see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.events import telling
from clues.matching.release import next_tick
from clues.models import Campaign, CampaignTarget, CampaignUnit
from members import audit
from members.models import Institution, User, reference
from members.permissions import Permission, check

from . import workflow
from .reading import Draft, read_draft, read_target


class CampaignNotFound(Refusal):
    """No such campaign, or none that this viewer sees."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such campaign."))


class CampaignNotOpen(Refusal):
    """The campaign does not stand where this can be done."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This is not open in the present state; reload the page."))


@transaction.atomic
def plan(*, request: Mapping[str, Any], by: User, now: datetime) -> Campaign:
    """Store a campaign that nobody but the desk sees yet; return it. `request` as in reading.py. Raise Refusal."""
    check(by, Permission.CAMPAIGN_WORK)
    draft = read_draft(request)
    made = Campaign.objects.create(planned_by=by, planned_at=now, **_columns(draft))
    _set_units(made, draft)
    _record("campaign.plan", made, by)
    return made


@transaction.atomic
def change(*, campaign: str, request: Mapping[str, Any], by: User, now: datetime) -> Campaign:
    """Change all that a campaign is said to be. Raise Refusal; `transition-refused` once it is over."""
    check(by, Permission.CAMPAIGN_WORK)
    found = locked(campaign, open_only=True)
    draft = read_draft(request)
    for name, value in _columns(draft).items():
        setattr(found, name, value)
    found.save(update_fields=list(_columns(draft)))
    found.units.all().delete()
    _set_units(found, draft)
    _record("campaign.change", found, by)
    return found


@transaction.atomic
def set_target(*, campaign: str, counter: str, value: object, by: User, now: datetime) -> Campaign:
    """Say what a campaign wants to reach of one counter; no value takes the target away. Raise Refusal."""
    check(by, Permission.CAMPAIGN_WORK)
    found = locked(campaign, open_only=True)
    code, number = read_target(counter, value)
    CampaignTarget.objects.filter(campaign=found, counter=code).delete()
    if number is not None:
        CampaignTarget.objects.create(campaign=found, counter=code, value=number)
    _record("campaign.target", found, by, counter=code, value=None if number is None else str(number))
    return found


@transaction.atomic
def move(*, campaign: str, action: str, by: User, now: datetime) -> Campaign:
    """Start, end or call off a campaign (an action of workflow.py). Raise Refusal.

    Starting shows it to every member from the next tick on, and tells them; so does the end of what they had seen.
    """
    check(by, Permission.CAMPAIGN_WORK)
    found = locked(campaign)
    row = workflow.find(action, state=found.state)
    if row is None:
        raise CampaignNotOpen
    before, found.state = found.state, row.target
    if action == workflow.START:
        found.started_at, found.released_at = now, next_tick()
    else:
        found.over_at = now
    found.save(update_fields=["state", "started_at", "released_at", "over_at"])
    _record(f"campaign.{action}", found, by, **{"from": before, "to": row.target})
    if row.target in workflow.SEEN:
        kind = events.CAMPAIGN_STARTED if action == workflow.START else events.CAMPAIGN_ENDED
        live = Institution.objects.at_work().order_by("pk").values_list("pk", flat=True)
        telling.tell("CP", found.pk, [(number, kind) for number in live], now=now)
    return found


def locked(campaign: str, *, open_only: bool = False) -> Campaign:
    """Return the campaign `CP-…` with its row locked. Raise CampaignNotFound, CampaignNotOpen."""
    found = Campaign.objects.select_for_update(no_key=True).filter(pk=reference.decode("CP", campaign) or 0).first()
    if found is None:
        raise CampaignNotFound
    if open_only and found.state not in workflow.OPEN:
        raise CampaignNotOpen
    return found


def _columns(draft: Draft) -> dict[str, Any]:
    names = ("title", "about", "categories", "regions", "starts_on", "ends_on")
    return {name: getattr(draft, name) for name in names}


def _set_units(campaign: Campaign, draft: Draft) -> None:
    CampaignUnit.objects.bulk_create(
        CampaignUnit(campaign=campaign, authority=code, leads=code == draft.lead_unit) for code in draft.units
    )


def _record(verb: str, campaign: Campaign, by: User, **detail: object) -> None:
    # The title and what it is about are words of people: they stay with the campaign.
    audit.record(verb, actor=by, subject_ref=campaign.ref, detail=detail)
