"""Official requests in the portal: what authorities ask of us, our reply, the document with a reason, what of ours went."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import official_bases, request_declines
from clues import tasks
from clues.official_requests import documents, queries, replying, workflow
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.api.attachments import attachment
from members.permissions import Permission
from members.portal.access import member_required

OPEN, ALL = "open", "all"
DONE = {
    workflow.CONFIRM: gettext_lazy("Confirmed. The alliance sees that it is in work."),
    workflow.SUPPLY: gettext_lazy("Recorded. The alliance sees what you supplied."),
    workflow.DECLINE: gettext_lazy("Declined. The alliance sees why."),
}


@require_safe
@member_required(Permission.REQUEST_VIEW)
def official_requests(request: HttpRequest) -> HttpResponse:
    """Show what waits for our answer, or all."""
    viewer, show = viewer_of(request), request.GET.get("show") or OPEN
    if show not in (OPEN, ALL):
        raise Http404
    scope = f"portal.official.{viewer.institution_id}.{show}"
    position = get_position(request, scope=scope)
    rows = queries.list_official_requests(
        viewer=viewer, open_only=show == OPEN, before=position[0] if position else None, limit=SIZE + 1
    )
    context = {
        "section": "official",
        "page": make_page(request, rows, scope=scope, position_of=lambda row: [row.id]),
        "show": show,
    }
    return render(request, "clues/official_requests/list.html", context)


@require_safe
@member_required(Permission.REQUEST_VIEW)
def official_request(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one of them, and what can be said to it."""
    return _page(request, ref)


@require_POST
@member_required(Permission.REQUEST_VIEW)
def reply(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """Confirm, supply or decline; words that are not right come back with the form."""
    if action not in DONE:
        raise Http404
    body = {name: request.POST.get(name, "").strip() for name in replying.FIELDS[action]}
    try:
        replying.reply(request=ref, action=action, body=body, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        if refusal.code == "transition-refused":
            messages.error(request, gettext(refusal.detail))
            return redirect("clues:official-request", ref)
        return _page(request, ref, refused={action: gettext(refusal.detail)}, given=body, status=422)
    tasks.ring()
    messages.success(request, str(DONE[action]))
    return redirect("clues:official-request", ref)


@require_POST
@member_required(Permission.REQUEST_VIEW)
def document(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Give the document as a file to take away, never as a page; the reason stays in the trail."""
    reason = request.POST.get("reason", "")
    try:
        opened = documents.open_as_member(request=ref, reason=reason, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        return _page(request, ref, refused={"open": gettext(refusal.detail)}, given={"why": reason}, status=422)
    return attachment(opened.reader, size=opened.size, file_name=opened.name, is_own_name=True)


def _page(
    request: HttpRequest,
    ref: str,
    *,
    refused: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.get_official_request(request=ref, viewer=viewer_of(request))
    context: dict[str, Any] = {
        "section": "official",
        "found": found,
        "basis": official_bases.BY_CODE.get(found.basis),
        "own_state": workflow.AT_MEMBERS[found.own_state],
        "state": workflow.STATES[found.state],
        "declines": request_declines.ROWS,
        "refused": refused or {},
        "given": given or {},
    }
    return render(request, "clues/official_requests/detail.html", context, status=status)
