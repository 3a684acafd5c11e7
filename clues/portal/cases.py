"""The cases that concern the institution: a list, a page each, and the steps that members take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from clues.cases import queries, refusals, transition
from clues.cases.workflow import BY_SOURCE_AND_ACTION
from clues.checklists.queries import get_checklist
from clues.dispositions.queries import list_about
from clues.portal import procedure_entries
from clues.portal.case_sections import joint_sections
from clues.portal.case_words import CHOICES, EFFECTS
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.working_days import working_days_left
from members.permissions import Permission
from members.portal.access import member_required

SECTION = {"section": "cases"}
OF_THE_FORM = frozenset({"field-invalid", "field-missing", "raw-identifier"})


@require_safe
@member_required(Permission.CASE_VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """Show the cases, newest first; `show` narrows them to those to act on, led, or overdue."""
    viewer, now = viewer_of(request), timezone.now()
    chosen, state = request.GET.get("show") or None, request.GET.get("state") or None
    if chosen not in (None, *CHOICES) or state not in (None, *queries.STATE_CODES):
        raise Http404
    filters = queries.CaseFilters(state=state, ours=chosen == "ours", led=chosen == "led", overdue=chosen == "overdue")
    scope = f"portal.cases.{viewer.institution_id}.{chosen or ''}.{state or ''}"
    position = get_position(request, scope=scope)
    before = position[0] if position else None
    rows = queries.list_cases(viewer=viewer, filters=filters, before=before, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {
        "page": page,
        "rows": [(row, *_time_of(row, now)) for row in page.rows],
        "chosen": chosen,
        "choices": CHOICES.items(),
        "state": state,
        "states": queries.STATE_CODES,
    }
    return render(request, "clues/cases/list.html", context)


@require_safe
@member_required(Permission.CASE_VIEW)
def case(request: HttpRequest, case: str) -> HttpResponse:
    """Show one case: where it stands and until when, what can be done and by whom, what happened."""
    viewer, now = viewer_of(request), timezone.now()
    found = queries.get_case(case=case, viewer=viewer)
    offers = queries.list_actions(case=case, by=viewer)
    left, is_overdue = _time_of(found, now)
    context = SECTION | {
        "case": found,
        "left": left,
        "is_overdue": is_overdue,
        "milestones": queries.list_milestones(case=case, viewer=viewer),
        "merged_into": queries.get_merged_into(case=case, viewer=viewer) if found.state == "merged" else None,
        "ours": [(offer.row, offer.why, EFFECTS[offer.row.action]) for offer in offers if offer.row.member],
        "desks": [offer.row for offer in offers if not offer.row.member],
        "dispositions": list_about(case=found.id, viewer=viewer),
        "record": None if found.is_over else f"case={found.case}",
        **joint_sections(request, case),
        **procedure_entries.describe(found, viewer),
    }
    return render(request, "clues/cases/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def act(request: HttpRequest, case: str, action: str) -> HttpResponse:
    """Say what a step does, and take it: on the version of the case that the page showed."""
    viewer = viewer_of(request)
    if action not in queries.MEMBERS_ACTIONS:
        raise Http404
    refused, status = "", 200
    if request.method == "POST":
        try:
            with refusals.recorded(case=case, action=action, by=viewer):
                transition.perform(
                    case=case,
                    action=action,
                    by=viewer,
                    now=timezone.now(),
                    note=request.POST.get("note", ""),
                    version=_number(request.POST.get("version", "")),
                )
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            if refusal.code not in OF_THE_FORM:
                messages.error(request, gettext(refusal.detail))
                return redirect("clues:case", case)
            refused, status = gettext(refusal.detail), 422
        else:
            messages.success(request, _("The case has moved on. The other parties are told."))
            return redirect("clues:case", case)
    found = queries.get_case(case=case, viewer=viewer)
    row = BY_SOURCE_AND_ACTION.get((found.state, action))
    if row is None:
        messages.error(request, _("The case stands elsewhere by now; this is not open."))
        return redirect("clues:case", case)
    why = next((offer.why for offer in queries.list_actions(case=case, by=viewer) if offer.row == row), None)
    context: dict[str, Any] = SECTION | {
        "case": found,
        "row": row,
        "effect": EFFECTS[action],
        "why": why,
        "refused": refused,
        "given": request.POST,
        "checklist": get_checklist(case=case, viewer=viewer) if action == "ready" else None,
    }
    return render(request, "clues/cases/act.html", context, status=status)


def _time_of(row: queries.CaseView, now: datetime) -> tuple[int | None, bool]:
    left = None if row.due_at is None else working_days_left(row.due_at, now=now)
    return left, row.is_overdue(now)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
