"""The institution's matches: its own clues, and a band of the others."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clues.matching import queries
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.permissions import Permission
from members.portal.access import member_required


@require_safe
@member_required(Permission.MATCH_VIEW)
def matches(request: HttpRequest) -> HttpResponse:
    """Show the matches, newest first."""
    viewer = viewer_of(request)
    scope = f"portal.matches.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    before = (datetime.fromisoformat(position[0]), position[1]) if position else None
    rows = queries.list_newest(viewer=viewer, before=before, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.released_at.isoformat(), row.id])
    return render(request, "clues/matches/list.html", {"section": "matches", "page": page})


@require_safe
@member_required(Permission.MATCH_VIEW)
def match(request: HttpRequest, match: str) -> HttpResponse:
    """Show one match."""
    found = queries.get_match(match=match, viewer=viewer_of(request))
    return render(request, "clues/matches/detail.html", {"section": "matches", "match": found})
