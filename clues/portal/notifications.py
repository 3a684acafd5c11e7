"""The notices of a person, unread ones first; and what the person wants to be told, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from clues.events import inbox
from clues.events.notification_rules import URGENT
from clues.portal.notification_forms import PreferencesForm
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.delivery.preferences import get_preferences
from members.operations.notifications import set_preferences
from members.portal.access import member_required
from members.queries import Person

SECTION = {"section": "notifications"}
EARLIER = 10
# Where the subject of a notice can be looked at; a match that was undone is gone, and so may be a ring that was taken apart.
PAGES = {
    "match": "clues:match",
    "batch": "clues:batch",
    "clue": "clues:clue",
    "dispute": "clues:dispute",
    "evidence_demand": "clues:evidence-demand",
    "watch": "clues:watch",
    "case": "clues:case",
    "disposition": "clues:disposition",
    "request": "clues:request",
    "content": "clues:content-one",
    "campaign": "clues:campaign",
    "official_request": "clues:official-request",
}
LISTS = {
    "screening_suspension": "clues:screenings",
    "epoch": "clues:dashboard",
    "ring": "clues:rings",
    "clue": "clues:disputes-received",
    "credential": "members:credentials",
}


@dataclass(frozen=True, slots=True)
class Linked:
    """A notice and where it leads, None for nowhere."""

    notice: inbox.Notice
    url: str | None


def linked(notice: inbox.Notice) -> Linked:
    """Return a notice with the address of its subject."""
    if notice.kind == "match.undone":
        return Linked(notice, None)
    for route, names in ((PAGES.get(notice.subject), (notice.ref,)), (LISTS.get(notice.subject), ())):
        if route is not None:
            try:
                return Linked(notice, reverse(route, args=names))
            except NoReverseMatch:
                continue
    return Linked(notice, None)


@require_safe
@member_required()
def notifications(request: HttpRequest) -> HttpResponse:
    """Show the notices, unread ones first; `?show=read` goes through those that were read; htmx gets the list alone."""
    viewer, kind = viewer_of(request), request.GET.get("kind") or None
    kinds = inbox.kinds_of(viewer=viewer)
    if kind is not None and kind not in kinds:
        raise Http404
    chosen = kinds if kind is None else (kind,)
    is_fragment = bool(request.headers.get("HX-Request"))
    if is_fragment and request.GET.get("seen", "") == _newest(viewer, chosen):
        return HttpResponse(status=204)  # asked every other second: nothing is sent when nothing is new
    show = "read" if request.GET.get("show") == "read" else "unread"
    scope = f"portal.notifications.{viewer.user_id}.{show}.{kind or ''}"
    position = get_position(request, scope=scope)
    before = position[0] if position else None
    read = inbox.list_read if show == "read" else inbox.list_unread
    rows = read(viewer=viewer, kinds=chosen, before=before, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.seq])
    context = SECTION | {
        "page": page,
        "rows": [linked(row) for row in page.rows],
        "show": show,
        "kind": kind,
        "kinds": kinds,
        "urgent": URGENT,
        "newest": page.rows[0].event if page.rows and page.is_first and show == "unread" else None,
        "earlier": _earlier(viewer, chosen) if show == "unread" and page.is_first and page.next is None else [],
    }
    if is_fragment:
        return render(request, "clues/notifications/_list.html", context)
    unread = inbox.count_unread(viewer=viewer, kinds=kinds)
    return render(
        request,
        "clues/notifications/list.html",
        context | {"unread": unread, "unread_total": sum(unread.values()), "most": inbox.MOST},
    )


@require_safe
@member_required()
def count(request: HttpRequest) -> HttpResponse:
    """Tell how many notices are unread, for the mark in the navigation."""
    viewer = viewer_of(request)
    total = sum(inbox.count_unread(viewer=viewer, kinds=inbox.kinds_of(viewer=viewer)).values())
    text = render_to_string("clues/notifications/_count.html", {"total": total, "most": inbox.MOST})
    return HttpResponse(text.strip())  # nothing at all where there is nothing: the mark goes away


@require_POST
@member_required()
def mark_read(request: HttpRequest, event: str) -> HttpResponse:
    """Mark one notice as read."""
    inbox.mark_read(event=event, by=viewer_of(request), now=timezone.now())
    return HttpResponse(status=204) if request.headers.get("X-Background") else _back(request)


@require_POST
@member_required()
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark what the page showed as read; what came after the page was made stays unread."""
    viewer = viewer_of(request)
    kinds = inbox.kinds_of(viewer=viewer, kind=request.POST.get("kind") or None)
    inbox.mark_all_read(until=request.POST.get("until", "")[:40], kinds=kinds, by=viewer, now=timezone.now())
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def preferences(request: HttpRequest) -> HttpResponse:
    """Show what the person wants to be told and how, and store what they change."""
    viewer = viewer_of(request)
    form = PreferencesForm(request.POST or None, preferences=get_preferences(viewer=viewer))
    if request.method == "POST" and form.is_valid():
        try:
            set_preferences(**form.chosen(), by=viewer, now=timezone.now())
        except Refusal as refusal:
            form.add_error(
                refusal.extra.get("field") if refusal.extra.get("field") in form.fields else None, _(refusal.detail)
            )
        else:
            messages.success(request, _("Your preferences are stored. They hold from the next notice on."))
            return redirect("clues:notification-preferences")
    context = SECTION | {"form": form, "has_address": bool(getattr(request.user, "email", ""))}
    return render(request, "clues/notifications/preferences.html", context, status=422 if form.errors else 200)


def _newest(viewer: Person, kinds: Sequence[str]) -> str:
    rows = inbox.list_unread(viewer=viewer, kinds=kinds, limit=1)
    return rows[0].event if rows else ""


def _earlier(viewer: Person, kinds: Sequence[str]) -> list[Linked]:
    return [linked(row) for row in inbox.list_read(viewer=viewer, kinds=kinds, limit=EARLIER)]


def _back(request: HttpRequest) -> HttpResponse:
    """Go back to the list as it was filtered."""
    address: Any = reverse("clues:notifications")
    kind = request.POST.get("kind", "")
    known = kind in inbox.kinds_of(viewer=viewer_of(request))
    return redirect(f"{address}?kind={kind}" if known else address)
