"""Campaigns of the alliance: a list, and a page each with its units, targets, what came of it, and our cases in it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aif_share.vocabulary import outcome_counters
from clues.campaigns import queries, workflow
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.reports.contribution import LEAST_INSTITUTIONS
from members.permissions import Permission
from members.portal.access import member_required

OPEN, ALL = "open", "all"


@require_safe
@member_required(Permission.CASE_VIEW)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Show what runs, or what ended as well; newest first."""
    viewer, show = viewer_of(request), request.GET.get("show") or OPEN
    if show not in (OPEN, ALL):
        raise Http404
    scope = f"portal.campaigns.{viewer.institution_id}.{show}"
    position = get_position(request, scope=scope)
    rows = queries.list_campaigns(
        viewer=viewer, open_only=show == OPEN, before=position[0] if position else None, limit=SIZE + 1
    )
    context = {
        "section": "campaigns",
        "page": make_page(request, rows, scope=scope, position_of=lambda row: [row.id]),
        "show": show,
        "states": workflow.STATES,
    }
    return render(request, "clues/campaigns/list.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def campaign(request: HttpRequest, campaign: str) -> HttpResponse:
    """Show one campaign."""
    found = queries.get_campaign(campaign=campaign, viewer=viewer_of(request))
    context = {
        "section": "campaigns",
        "found": found,
        "state": workflow.STATES[found.state],
        "figures": [(outcome_counters.BY_CODE[each.counter], each) for each in found.figures],
        "least_institutions": LEAST_INSTITUTIONS,
    }
    return render(request, "clues/campaigns/detail.html", context)
