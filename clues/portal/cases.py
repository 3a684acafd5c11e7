"""The cases that concern the institution: reference, state and dates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clues.cases import queries
from clues.dispositions.queries import list_about
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.permissions import Permission
from members.portal.access import member_required


@require_safe
@member_required(Permission.CASE_VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """Show the cases, newest first."""
    viewer = viewer_of(request)
    scope = f"portal.cases.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = queries.list_cases(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    return render(request, "clues/cases/list.html", {"section": "cases", "page": page})


@require_safe
@member_required(Permission.CASE_VIEW)
def case(request: HttpRequest, case: str) -> HttpResponse:
    """Show one case and when it came where."""
    viewer = viewer_of(request)
    found = queries.get_case(case=case, viewer=viewer)
    milestones = queries.list_milestones(case=case, viewer=viewer)
    context = {
        "section": "cases",
        "case": found,
        "milestones": milestones,
        "dispositions": list_about(case=found.id, viewer=viewer),
        "record": None if found.is_over else f"case={found.case}",
    }
    return render(request, "clues/cases/detail.html", context)
