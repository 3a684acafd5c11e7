"""Bind cases to a campaign, and take them out again; the parties of a case see it on the campaign's page."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.transition import CaseNotFound
from clues.matching.release import next_tick
from clues.models import Campaign, CampaignCase, Case
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

from .planning import locked


@transaction.atomic
def bind(*, campaign: str, case: str, by: User, now: datetime) -> Campaign:
    """Let a case `CASE-…` belong to an open campaign. Raise Refusal; a case that was merged or dismissed belongs to none."""
    check(by, Permission.CAMPAIGN_WORK)
    found = locked(campaign, open_only=True)
    row = _case(case)
    if row.state in (Case.MERGED, Case.DISMISSED):
        raise Refusal(
            "transition-refused",
            gettext_noop("The case was dismissed or goes on in another; it belongs to no campaign."),
        )
    if CampaignCase.objects.filter(campaign=found, case=row, unbound_at__isnull=True).exists():
        raise Refusal("transition-refused", gettext_noop("The case belongs to the campaign already."))
    CampaignCase.objects.create(
        campaign=found, case=row, bound_by_ref=by.audit_ref, bound_at=now, released_at=next_tick()
    )
    audit.record("campaign.bind", actor=by, subject_ref=found.ref, detail={"case": row.ref})
    return found


@transaction.atomic
def unbind(*, campaign: str, case: str, by: User, now: datetime) -> Campaign:
    """Take a case out of an open campaign: it counts there no more. Raise Refusal."""
    check(by, Permission.CAMPAIGN_WORK)
    found = locked(campaign, open_only=True)
    row = _case(case)
    bound = CampaignCase.objects.filter(campaign=found, case=row, unbound_at__isnull=True)
    if not bound.update(unbound_at=now):
        raise Refusal("transition-refused", gettext_noop("The case does not belong to the campaign."))
    audit.record("campaign.unbind", actor=by, subject_ref=found.ref, detail={"case": row.ref})
    return found


def _case(case: str) -> Case:
    found = Case.objects.filter(pk=reference.decode("CASE", case.strip()) or 0).only("pk", "state").first()
    if found is None:
        raise CaseNotFound
    return found
