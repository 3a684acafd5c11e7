"""The overview: what needs the person, what was found this week, what the institution brought in, how the alliance does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clues import quotas
from clues.blinding import epochs
from clues.events import inbox
from clues.events.notification_rules import URGENT
from clues.portal import outcomes
from clues.portal.notifications import linked
from clues.portal.viewer import viewer_of
from clues.reports import contribution, needs, onboarding
from clues.submissions import queries as submissions
from members.permissions import Permission, can
from members.portal.access import member_required

NEWEST = 6


@require_safe
@member_required()
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the overview, each part to whoever may see what it tells."""
    viewer, now = viewer_of(request), timezone.now()
    kinds = inbox.kinds_of(viewer=viewer)
    unread = inbox.count_unread(viewer=viewer, kinds=kinds)
    used = quotas.get_used(institution_id=viewer.institution_id, now=now)
    context: dict[str, Any] = {
        "section": "dashboard",
        "needs": needs.list_needs(viewer=viewer, now=now),
        "notices": [linked(row) for row in inbox.list_unread(viewer=viewer, kinds=kinds, limit=NEWEST)],
        "urgent": URGENT,
        "unread_total": sum(unread.values()),
        "unread_most": inbox.MOST,
        "rotation": epochs.get_rotation(),
        "steps": onboarding.list_steps(viewer=viewer),
        "quotas": [
            ("submit", used["submit"], viewer.submit_quota),
            ("screen", used["screen"], viewer.screen_quota),
        ],
        "weeks": contribution.list_weeks(now=now),
        "least_institutions": contribution.LEAST_INSTITUTIONS,
    }
    context["has_weeks"] = any(week.clues is not None for week in context["weeks"])
    if can(viewer, Permission.CLUE_VIEW):
        context["brought"] = contribution.get_contribution(viewer=viewer)
        context["batches"] = submissions.list_batches(viewer=viewer, limit=5)
    if can(viewer, Permission.MATCH_VIEW):
        context["days"] = contribution.list_days(viewer=viewer, now=now)
        context["matches_this_week"] = sum(day.matches for day in context["days"])
    if can(viewer, Permission.CASE_VIEW):
        context["outcomes"] = outcomes.summary(request)
    context["charts"] = _charts(context)
    return render(request, "clues/dashboard.html", context)


def _charts(context: dict[str, Any]) -> dict[str, Any]:
    """What the script draws: the same figures as in the tables beside it."""
    charts: dict[str, Any] = {}
    if context.get("matches_this_week"):
        charts["days"] = [[day.day.strftime("%m-%d"), day.matches] for day in context["days"]]
    if context["has_weeks"]:
        charts["weeks"] = [[week.monday.strftime("%m-%d"), week.clues, week.matches] for week in context["weeks"]]
    return charts
