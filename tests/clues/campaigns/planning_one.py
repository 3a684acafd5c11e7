"""A campaign for the tests: planned, started and given cases by the desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from clues.campaigns import binding, planning, workflow
from clues.models import Campaign, Case
from members.models import User
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

TITLE = "Against false agents"


def fields(**given: Any) -> dict[str, Any]:
    """Return what a campaign is said to be."""
    day = date.today()
    return {
        "title": TITLE,
        "about": "Groups that complain in other people's names.",
        "categories": ["illegal-agency-complaint", "malicious-complaint"],
        "regions": ["CN-31"],
        "starts_on": (day - timedelta(days=30)).isoformat(),
        "ends_on": (day + timedelta(days=30)).isoformat(),
        "lead_unit": "police-economic-crime",
        "units": ["nfra-branch"],
    } | given


def make_campaign(by: User, *cases: Case, start: bool = True, **given: Any) -> Campaign:
    """Plan a campaign with these cases, and start it unless told not to."""
    with acting_as("aif_desk"):
        made = planning.plan(request=fields(**given), by=by, now=timezone.now())
        for case in cases:
            binding.bind(campaign=made.ref, case=case.ref, by=by, now=timezone.now())
        if start:
            made = planning.move(campaign=made.ref, action=workflow.START, by=by, now=timezone.now())
    wait_for_tick()
    return made
