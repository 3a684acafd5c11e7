"""Outcomes at the desk: every counter with the cases behind it, the funnels, and both as CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, outcome_counters, regions, tracks
from clues.reports import funnel, outcome_sheets, outcomes
from clues.reports.outcomes import Scope
from members.admin.site import site

# The front page is the desk's own, with the figures beside what waits.
site.index_template = "clues/desk/index.html"

PARAMETERS = ("since", "until", "track", "province", "category")


def overview(request: HttpRequest) -> HttpResponse:
    """Show all counters of a scope, and how far the clues of each category came."""
    scope, asked = _scope(request)
    counters = outcomes.get_counters(by=request.user, scope=scope)
    context = _context(request) | {
        "title": _("Outcomes"),
        "rows": [(row, counters[row.code]) for row in outcome_counters.ROWS],
        "funnels": [] if asked else funnel.list_exact_funnels(by=request.user),
        "as_of": funnel.get_as_of(),
        "lists": {"track": tracks.ROWS, "province": regions.ROWS, "category": categories.ROWS},
        "asked": {name: request.GET.get(name, "") for name in PARAMETERS},
        "query": asked,
    }
    return TemplateResponse(request, "clues/desk/outcomes.html", context)


def behind(request: HttpRequest, counter: str) -> HttpResponse:
    """Show the cases behind one counter."""
    scope, asked = _scope(request)
    if counter not in outcome_counters.BY_CODE:
        raise Http404
    shares = outcomes.list_cases(counter=counter, by=request.user, scope=scope)
    context = _context(request) | {
        "title": _("Cases behind a counter"),
        "counter": outcome_counters.BY_CODE[counter],
        "shares": shares,
        "is_sum": outcomes.is_sum(counter),
        "most": outcomes.MOST_CASES,
        "query": asked,
    }
    return TemplateResponse(request, "clues/desk/outcome_cases.html", context)


def sheet(request: HttpRequest) -> HttpResponse:
    """Give the counters of a scope as CSV."""
    scope, _asked = _scope(request)
    return _csv("outcomes", outcome_sheets.counters_sheet(outcomes.get_counters(by=request.user, scope=scope)))


def cases_sheet(request: HttpRequest, counter: str) -> HttpResponse:
    """Give the cases behind a counter as CSV."""
    scope, _asked = _scope(request)
    if counter not in outcome_counters.BY_CODE:
        raise Http404
    shares = outcomes.list_cases(counter=counter, by=request.user, scope=scope)
    return _csv(counter, outcome_sheets.cases_sheet(counter, shares))


def funnels_sheet(request: HttpRequest) -> HttpResponse:
    """Give the funnels as CSV."""
    return _csv("funnels", outcome_sheets.funnels_sheet(funnel.list_exact_funnels(by=request.user)))


def addresses() -> list[URLPattern]:
    """Return the addresses of this file, for the page of proceedings to carry."""
    view = site.admin_view
    return [
        path("outcomes/", view(overview), name="clues_outcomes"),
        path("outcomes/counters.csv", view(sheet), name="clues_outcomes_csv"),
        path("outcomes/funnels.csv", view(funnels_sheet), name="clues_funnels_csv"),
        path("outcomes/<slug:counter>/", view(behind), name="clues_outcome_cases"),
        path("outcomes/<slug:counter>/cases.csv", view(cases_sheet), name="clues_outcome_cases_csv"),
    ]


def _scope(request: HttpRequest) -> tuple[Scope, str]:
    given = {name: value for name in PARAMETERS if (value := request.GET.get(name, ""))}
    try:
        return outcomes.read_scope(given), urlencode(given)
    except Refusal:
        raise Http404 from None


def _context(request: HttpRequest) -> dict[str, Any]:
    request.current_app = site.name
    return dict(site.each_context(request))


def _csv(name: str, text: str) -> HttpResponse:
    day = timezone.localdate().strftime("%Y%m%d")
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return response
