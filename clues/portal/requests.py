"""Requests between institutions: received and sent ones with their clocks, each as a thread with what can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import request_answers, request_declines
from clues import tasks
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.requests import queries, steps, workflow
from members.permissions import Permission
from members.portal.access import member_required

OPEN, ALL = "open", "all"
SHOWN = (OPEN, ALL)
DONE = {
    workflow.TAKE_UP: gettext_lazy("Taken up. The sender is told."),
    workflow.ANSWER: gettext_lazy("The answer is sent."),
    workflow.DECLINE: gettext_lazy("The request is declined. The sender is told why."),
    workflow.WITHDRAW: gettext_lazy("The request is withdrawn. Its receivers are told."),
    workflow.CLOSE: gettext_lazy("The request is closed."),
}
FORM_FIELDS = {workflow.ANSWER: ("answer", "text", "basis"), workflow.DECLINE: ("reason", "text")}


@require_safe
@member_required(Permission.REQUEST_VIEW)
def requests(request: HttpRequest) -> HttpResponse:
    """Show what the institution received: what waits, or all."""
    return _list(request, "received")


@require_safe
@member_required(Permission.REQUEST_VIEW)
def sent(request: HttpRequest) -> HttpResponse:
    """Show what the institution sent: what waits for others, or all."""
    return _list(request, "sent")


@require_safe
@member_required(Permission.REQUEST_VIEW)
def thread(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one request with every round of its thread, and what can be done about it."""
    return _thread(request, ref)


@require_POST
@member_required(Permission.REQUEST_VIEW)
def act(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """Take up, answer, decline or close; words that are not right come back with the form."""
    if action not in DONE:
        raise Http404
    return _act(request, ref, action)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.REQUEST_SEND)
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask whether to withdraw the request, and withdraw it."""
    if request.method == "POST":
        return _act(request, ref, workflow.WITHDRAW)
    found = queries.get_request(request=ref, viewer=viewer_of(request))
    if found.side != workflow.Side.SENDER:
        raise Http404
    return render(request, "clues/requests/withdraw.html", {"section": "requests", "found": found})


def _act(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    body = {name: request.POST.get(name, "").strip() for name in FORM_FIELDS.get(action, ())}
    try:
        steps.act(request=ref, action=action, body=body, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        if action not in FORM_FIELDS or refusal.code == "transition-refused":
            messages.error(request, gettext(refusal.detail))
            return redirect("clues:request", ref)
        return _thread(request, ref, refused={action: gettext(refusal.detail)}, given=body, status=422)
    tasks.ring()
    messages.success(request, str(DONE[action]))
    return redirect("clues:request", ref)


def _list(request: HttpRequest, box: str) -> HttpResponse:
    viewer, show = viewer_of(request), request.GET.get("show") or OPEN
    if show not in SHOWN:
        raise Http404
    scope = f"portal.requests.{box}.{viewer.institution_id}.{show}"
    position = get_position(request, scope=scope)
    read = queries.list_received if box == "received" else queries.list_sent
    rows = read(viewer=viewer, open_only=show == OPEN, before=position[0] if position else None, limit=SIZE + 1)
    context = {
        "section": "requests",
        "page": make_page(request, rows, scope=scope, position_of=lambda row: [row.id]),
        "box": box,
        "show": show,
        "to_answer": queries.count_to_answer(viewer=viewer),
    }
    return render(request, "clues/requests/list.html", context)


def _thread(
    request: HttpRequest,
    ref: str,
    *,
    refused: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    rounds = queries.list_thread(request=ref, viewer=viewer)
    found = next(each for each in rounds if each.request == ref)
    context: dict[str, Any] = {
        "section": "requests",
        "found": found,
        "rounds": rounds,
        "answers": [row for row in request_answers.ROWS if found.kind in row.kinds],
        "declines": request_declines.ROWS,
        "refused": refused or {},
        "given": given or {},
    }
    return render(request, "clues/requests/thread.html", context, status=status)
