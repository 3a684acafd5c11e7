"""The match inbox: its own clues, a band of the others, and what there is to do about each match."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.vocabulary import categories
from clues.matching import inbox, queries, work
from clues.matching.visibility import LIVE_FOR_BANDS
from clues.portal.match_filters import SCORES, STATE_LABELS, read_filters
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.api.pagination import encode_cursor
from members.permissions import Permission
from members.portal.access import member_required

ASSIGN, ACKNOWLEDGE, REOPEN, READ = "assign", "acknowledge", "reopen", "read"


@require_safe
@member_required(Permission.MATCH_VIEW)
def matches(request: HttpRequest) -> HttpResponse:
    """Show the matches, newest first."""
    return _show(request)


@require_POST
@member_required(Permission.MATCH_VIEW)
def matches_work(request: HttpRequest) -> HttpResponse:
    """Do one thing about all selected matches, or nothing at all; then show the list as it was asked for."""
    versions = read_versions(request.POST.getlist("match"))
    try:
        done = act(request, versions)
    except Refusal as refusal:
        complain(request, refusal)
    else:
        messages.success(request, done)
    return _back(request)


@require_POST
@member_required(Permission.MATCH_VIEW)
def matches_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read that was there when the page was made."""
    until = parse_datetime(request.POST.get("until", "")[:40])
    if until is None or timezone.is_naive(until):
        until = timezone.now()
    work.mark_all_read(until=until, viewer=viewer_of(request))
    messages.success(request, _("Everything up to now is marked as read for you."))
    return _back(request)


def act(request: HttpRequest, versions: dict[str, int]) -> str:
    """Carry out the action of a form on matches at these versions; return what to say. Raise Refusal."""
    person, now, action = viewer_of(request), timezone.now(), request.POST.get("action", "")
    if action == ASSIGN:
        work.assign(matches=versions, assignee=request.POST.get("assignee") or None, by=person, now=now)
        return _("The assignment is changed.")
    if action == ACKNOWLEDGE:
        work.acknowledge(matches=versions, by=person, now=now)
        return _("Acknowledged. It stays under “Acknowledged” and can be taken up again.")
    if action == REOPEN:
        work.reopen(matches=versions, by=person)
        return _("Taken up again.")
    if action == READ:
        work.mark_read(matches=list(versions), viewer=person, now=now)
        return _("Marked as read for you.")
    raise Refusal("field-invalid", _("Choose what to do."), field="action")


def read_versions(values: list[str]) -> dict[str, int]:
    """Return reference -> version of values like `M-…:3`; what is none has a version that never was."""
    pairs = (value.partition(":") for value in values[: work.MOST + 1])
    return {
        ref: int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1 for ref, _colon, text in pairs
    }


def complain(request: HttpRequest, refusal: Refusal) -> None:
    """Say why nothing was done; what does not exist, or may not be done, is the business of `member_required`."""
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    messages.error(request, gettext(refusal.detail))


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def _back(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        return _show(request)
    query = request.GET.urlencode()
    return redirect(reverse("clues:matches") + (f"?{query}" if query else ""))


def _show(request: HttpRequest) -> HttpResponse:
    viewer, asked = viewer_of(request), read_filters(request)
    scope = f"portal.matches.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    before = (datetime.fromisoformat(position[0]), position[1]) if position else None
    now = timezone.now()
    found = inbox.list_inbox(viewer=viewer, filters=asked.filters, before=before, limit=SIZE + 1)
    page = make_page(request, found.rows, scope=scope, position_of=_position)
    further = None
    if page.next is None and found.searched_to is not None:
        at, number = found.searched_to
        further = (encode_cursor([at.isoformat(), number], scope=scope), at)
    context: dict[str, Any] = {
        "section": "matches",
        "page": page,
        "further": further,
        "asked": asked,
        "states": STATE_LABELS.items(),
        "unread": inbox.count_unread(viewer=viewer),
        "unread_most": inbox.UNREAD_MOST,
        "colleagues": work.list_colleagues(viewer=viewer),
        "now": now,
    }
    if is_fragment(request):
        return render(request, "clues/matches/_inbox.html", {**context, "fragment": True})
    alliance = queries.get_alliance()
    context |= {
        "none_yet": not page.rows and not queries.list_newest(viewer=viewer, limit=1),
        "undone": inbox.list_undone(viewer=viewer) if page.is_first else [],
        "types": types(),
        "categories": categories.ROWS,
        "bands": ("1", "2-4", "5+") if len(alliance.live) >= LIVE_FOR_BANDS else (),
        "scores": SCORES,
    }
    return render(request, "clues/matches/list.html", context)


def _position(row: inbox.InboxRow) -> list[Any]:
    return [row.match.released_at.isoformat(), row.match.id]
