"""Feeds: what the institution gave in clear, and, for platforms and telecom operators, what they pull."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.vocabulary import categories, takedown_refusals
from clues.feeds import entries, files, pulling, queries
from clues.portal.clue import say
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.permissions import Permission
from members.portal.access import member_required

SECTION = {"section": "feeds"}
SHOWN = 200


@require_safe
@member_required(Permission.CLUE_VIEW)
def feeds(request: HttpRequest) -> HttpResponse:
    """Show what the institution gave, newest first, and its own feed if one is open."""
    viewer = viewer_of(request)
    scope = f"portal.feeds.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = queries.list_given(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    is_receiver = pulling.is_receiver(viewer=viewer)
    pulled = pulling.list_entries(viewer=viewer, limit=SHOWN) if is_receiver else []
    if is_receiver:
        pulling.record_pull(by=viewer, form="page", rows=len(pulled))
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {"page": page, "is_receiver": is_receiver, "pulled": pulled, "most": SHOWN,
                         "refusals": takedown_refusals.ROWS}  # fmt: skip
    return render(request, "clues/feeds/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def new(request: HttpRequest) -> HttpResponse:
    """Give one value in clear, confirmed to be meant so."""
    context: dict[str, Any] = SECTION | {
        "types": [kind for kind in types().values() if not kind.personal],
        "categories": categories.ROWS,
    }
    if request.method != "POST":
        return render(request, "clues/feeds/new.html", context)
    given = {name: request.POST.get(name, "") for name in ("type", "value", "category", "note")}
    try:
        entries.give(
            request=given | {"in_clear": request.POST.get("in_clear") == "yes"},
            by=viewer_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        context |= {"refused": say(refusal), "given": given}
        return render(request, "clues/feeds/new.html", context, status=422)
    messages.success(request, _("Given. It stands on the feeds once a second person at the alliance approved it."))
    return redirect("clues:feeds")


@require_POST
@member_required(Permission.CLUE_SUBMIT)
def withdraw(request: HttpRequest, entry: str) -> HttpResponse:
    """Take a value back."""
    try:
        entries.withdraw(entry=entry, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        messages.error(request, gettext(refusal.detail))
    else:
        messages.success(request, _("Withdrawn. Whoever applied it is told to lift it."))
    return redirect("clues:feeds")


@require_POST
@member_required(Permission.CLUE_SUBMIT)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say what was done about one entry of the own feed."""
    outcome, _colon, reason = request.POST.get("outcome", "").partition(":")
    row = {"entry": request.POST.get("entry", ""), "outcome": outcome} | ({"reason": reason} if reason else {})
    try:
        pulling.acknowledge(request={"entries": [row]}, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        messages.error(request, gettext(refusal.detail))
    return redirect("clues:feeds")


@require_safe
@member_required(Permission.CLUE_VIEW)
def file(request: HttpRequest, form: str) -> HttpResponse:
    """Give the whole feed as a file."""
    if form not in files.FORMS:
        raise Http404
    content_type, write, suffix = files.FORMS[form]
    body = write(pulling.pull(by=viewer_of(request), form=form), now=timezone.now())
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="aif-feed.{suffix}"'
    return response
