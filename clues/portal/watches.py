"""Watches: list, create, see hits, give another end, cancel. Which value is watched only the member's own map knows."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from clues.portal.asking import describe_question, last_days
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.watches import change, queries
from members.permissions import Permission
from members.portal.access import member_required

HIT = "hit"
OPEN = (queries.WAITING, queries.ACTIVE)


@require_safe
@member_required(Permission.SCREEN)
def watches(request: HttpRequest) -> HttpResponse:
    """Show the watches, newest first; `state` is one of theirs, or `hit` for those that told of something."""
    viewer, chosen = viewer_of(request), request.GET.get("state") or None
    if chosen not in (None, HIT, *queries.STATES):
        raise Http404
    scope = f"portal.watches.{viewer.institution_id}.{chosen or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_rows(
        viewer=viewer, now=timezone.now(), state=None if chosen == HIT else chosen, hit=chosen == HIT,
        before=position[0] if position else None, limit=SIZE + 1,
    )  # fmt: skip
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = {"section": "watches", "page": page, "chosen": chosen, "states": (*queries.STATES, HIT)}
    return render(request, "clues/watches/list.html", context)


@require_safe
@member_required(Permission.SCREEN)
def new(request: HttpRequest) -> HttpResponse:
    """Show the form that watches one value or many; its script posts the tokens."""
    now = timezone.now()
    question = describe_question(person=viewer_of(request), now=now)
    context = {"section": "watches", "question": question, **last_days(now)}
    return render(request, "clues/watches/new.html", context)


@require_safe
@member_required(Permission.SCREEN)
def watch(request: HttpRequest, watch: str) -> HttpResponse:
    """Show one watch with what it told of."""
    now = timezone.now()
    found = queries.get_watch(watch=watch, viewer=viewer_of(request), now=now)
    context = {
        "section": "watches",
        "watch": found,
        "is_open": found.state in OPEN,
        **last_days(now),
        "ends_on": timezone.localdate(found.expires_at),
        "most_hits": queries.MOST_HITS,
    }
    return render(request, "clues/watches/detail.html", context)


@require_POST
@member_required(Permission.SCREEN)
def extend(request: HttpRequest, watch: str) -> HttpResponse:
    """Give the watch another last day; the version that the page showed says what is changed."""
    try:
        change.extend(
            watch=watch,
            request={"expires_at": _end_of(request.POST.get("last_day", ""))},
            version=_number(request.POST.get("version", "")),
            by=viewer_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        _say(request, refusal)
    else:
        messages.success(request, _("The watch has another end."))
    return redirect("clues:watch", watch)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.SCREEN)
def cancel(request: HttpRequest, watch: str) -> HttpResponse:
    """Ask whether to end the watch, and end it."""
    viewer, now = viewer_of(request), timezone.now()
    if request.method == "POST":
        try:
            change.cancel(watch=watch, by=viewer, now=now)
        except Refusal as refusal:
            _say(request, refusal)
        else:
            messages.success(request, _("The watch is canceled. What it told of stays here."))
        return redirect("clues:watch", watch)
    found = queries.get_watch(watch=watch, viewer=viewer, now=now)
    return render(request, "clues/watches/cancel.html", {"section": "watches", "watch": found})


def _end_of(text: str) -> str | None:
    """Return the end of a local day, midnight, as the operation reads it."""
    try:
        day = parse_date(text[:10])
    except ValueError:
        return text[:10]
    if day is None:
        return text[:10] or None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())).isoformat()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _say(request: HttpRequest, refusal: Refusal) -> None:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    messages.error(request, gettext(refusal.detail))
