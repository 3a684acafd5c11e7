"""What came of the cases: our own exactly, the alliance's rounded; the cases behind a counter; both as CSV."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aif_share.vocabulary import outcome_counters
from clues.portal.viewer import viewer_of
from clues.reports import funnel, outcome_sheets, outcomes
from clues.reports.contribution import LEAST_INSTITUTIONS
from members.permissions import Permission
from members.portal.access import member_required

DASHBOARD = (
    "cases-filed",
    "cases-administrative",
    "persons-coercive",
    "persons-detained",
    "persons-convicted",
    "content-removed",
)


def summary(request: HttpRequest) -> list[tuple[Any, Any, Any]]:
    """Return what the overview shows: some counters, our own and the alliance's; nothing while there is nothing."""
    own = outcomes.get_own_counters(viewer=viewer_of(request))
    alliance = {figure.counter: figure for figure in funnel.list_figures()}
    rows = [(outcome_counters.BY_CODE[code], own[code], alliance.get(code)) for code in DASHBOARD]
    return rows if any(value or (figure and figure.value is not None) for _row, value, figure in rows) else []


@require_safe
@member_required(Permission.CASE_VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Show every counter, our own beside the alliance's, and how far the clues of each category came."""
    own = outcomes.get_own_counters(viewer=viewer_of(request))
    alliance = {figure.counter: figure for figure in funnel.list_figures()}
    context = {
        "section": "outcomes",
        "rows": [(row, own[row.code], alliance.get(row.code)) for row in outcome_counters.ROWS],
        "funnels": funnel.list_funnels(),
        "as_of": funnel.get_as_of(),
        "least_institutions": LEAST_INSTITUTIONS,
    }
    return render(request, "clues/outcomes/overview.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def behind(request: HttpRequest, counter: str) -> HttpResponse:
    """Show our cases behind one counter."""
    if counter not in outcome_counters.BY_CODE:
        raise Http404
    context = {
        "section": "outcomes",
        "counter": outcome_counters.BY_CODE[counter],
        "shares": outcomes.list_own_cases(counter=counter, viewer=viewer_of(request)),
        "is_sum": outcomes.is_sum(counter),
    }
    return render(request, "clues/outcomes/cases.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def sheet(request: HttpRequest) -> HttpResponse:
    """Give the counters as CSV, our own beside the alliance's."""
    own = outcomes.get_own_counters(viewer=viewer_of(request))
    text = outcome_sheets.counters_sheet(own, funnel.list_figures())
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="outcomes-{timezone.localdate():%Y%m%d}.csv"'
    return response
