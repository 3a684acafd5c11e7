"""Screening: the page that asks, and the ledger of what was asked. The answers are the script's; nothing raw comes here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aif_share.vocabulary import purposes
from clues.fishing.standing import get_standing
from clues.portal.asking import describe_question, last_days
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.screening import queries
from members.permissions import Permission, can, check
from members.portal.access import member_required


@require_safe
@member_required(Permission.SCREEN)
def screenings(request: HttpRequest) -> HttpResponse:
    """Show the page that screens one value or many."""
    now = timezone.now()
    viewer = viewer_of(request)
    question = describe_question(person=viewer, now=now)
    standing = get_standing(viewer=viewer, now=now)
    context = {"section": "screenings", "question": question, "standing": standing, **last_days(now)}
    return render(request, "clues/screenings/ask.html", context)


@require_safe
@member_required()
def history(request: HttpRequest) -> HttpResponse:
    """Show the institution's own screenings, newest first; its auditors see them too."""
    if not can(request.user, Permission.AUDIT_VIEW):
        check(request.user, Permission.SCREEN)
    viewer, purpose = viewer_of(request), request.GET.get("purpose") or None
    if purpose is not None and purpose not in purposes.BY_CODE:
        raise Http404
    scope = f"portal.screenings.{viewer.institution_id}.{purpose or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_screenings(
        viewer=viewer, purpose=purpose, before=position[0] if position else None, limit=SIZE + 1
    )
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = {"section": "screenings", "page": page, "purposes": purposes.ROWS, "purpose": purpose}
    return render(request, "clues/screenings/history.html", context)
