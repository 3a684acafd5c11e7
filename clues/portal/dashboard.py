"""The overview: what needs the person, and what the institution brought in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from clues import quotas
from clues.cases import inbox
from clues.matching import queries as matching
from clues.portal.viewer import viewer_of
from clues.submissions import contribution
from clues.submissions import queries as submissions
from members.permissions import Permission, can
from members.portal.access import member_required

WEEK = timedelta(days=7)


def _kinds(request: HttpRequest) -> tuple[str, ...]:
    """The events that this person's role may read."""
    kinds: tuple[str, ...] = ()
    if can(request.user, Permission.MATCH_VIEW):
        kinds += inbox.MATCH_KINDS
    if can(request.user, Permission.CASE_VIEW):
        kinds += inbox.CASE_KINDS
    return kinds


@require_safe
@member_required()
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show unread events, this week's matches, batches in work, and the contribution."""
    viewer, now, kinds = viewer_of(request), timezone.now(), _kinds(request)
    institution = cast(Any, request.user).institution
    used = quotas.get_used(institution_id=viewer.institution_id, now=now)
    unread = inbox.count_unread(viewer=viewer, kinds=kinds)
    context = {
        "section": "dashboard",
        "now": now,
        "events": inbox.list_events(viewer=viewer, kinds=kinds, limit=8),
        "unread": unread,
        "unread_total": sum(unread.values()),
        "unread_most": inbox.MOST,
        "brought": contribution.get_contribution(viewer=viewer),
        "batches": submissions.list_batches(viewer=viewer, limit=5),
        "quotas": [
            ("submit", used["submit"], institution.submit_quota),
            ("screen", used["screen"], institution.screen_quota),
        ],
    }
    if can(request.user, Permission.MATCH_VIEW):
        context["matches_this_week"] = matching.count_since(viewer=viewer, since=now - WEEK)
    return render(request, "clues/dashboard.html", context)


@require_POST
@member_required()
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark what the page showed as read; what came after the page was made stays unread."""
    until = parse_datetime(request.POST.get("until", "")[:40]) or timezone.now()
    inbox.mark_read(viewer=viewer_of(request), kinds=_kinds(request), until=_aware(until), now=timezone.now())
    return redirect("clues:dashboard")


def _aware(moment: datetime) -> datetime:
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
