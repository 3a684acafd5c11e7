"""Demands for evidence: which clues the institution is asked to bear out, until when, and the file that does it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from clues import tasks
from clues.demands import opening, queries
from clues.feedback import reputation
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required

SECTION = {"section": "evidence-demands"}


@require_safe
@member_required(Permission.CLUE_VIEW)
def demands(request: HttpRequest) -> HttpResponse:
    """Show the demands, newest first, and how the institution's reports have fared by category."""
    viewer, state = viewer_of(request), request.GET.get("state") or None
    if state not in (None, *queries.STATES):
        raise Http404
    scope = f"portal.evidence-demands.{viewer.institution_id}.{state or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_demands(viewer=viewer, state=state, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {
        "page": page,
        "state": state,
        "states": queries.STATES,
        "reputation": reputation.list_reputation(viewer=viewer),
    }
    return render(request, "clues/evidence_demands/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_VIEW)
def demand(request: HttpRequest, demand: str) -> HttpResponse:
    """Show one demand, and to whoever may submit the form that opens it; a POST opens it."""
    viewer = viewer_of(request)
    found = queries.get_demand(demand=demand, viewer=viewer)
    refused, status = "", 200
    if request.method == "POST":
        try:
            _open(request, demand)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            refused, status = gettext(refusal.detail), 422
            found = queries.get_demand(demand=demand, viewer=viewer)
        else:
            tasks.ring()
            messages.success(request, _("The alliance has the file and looks at it. Nobody else can open it."))
            return redirect("clues:evidence-demand", demand)
    now = timezone.now()
    context = SECTION | {
        "demand": found,
        "left": (found.due_at - now).days,
        "refused": refused,
        "can_open": found.state == "open" and found.due_at > now and can(request.user, Permission.CLUE_SUBMIT),
        "left_attempts": opening.MOST_ATTEMPTS - found.attempts,
    }
    return render(request, "clues/evidence_demands/detail.html", context, status=status)


def _open(request: HttpRequest, demand: str) -> None:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("field-missing", _("Choose the file, of at most 10 MiB; a larger one goes by `aif-share`."))
    opening.open_evidence(demand=demand, blocks=file.chunks(), by=viewer_of(request), now=timezone.now())
