"""The institution's batches: how far each one is, and what to do about refused rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clues.portal.explanations import explain
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.submissions import contribution, holds, queries
from members.permissions import Permission
from members.portal.access import member_required

IN_WORK = ("received", "processing")
STOPPED = ("held", "rejected")  # the alliance decides, or decided, what becomes of it
WHOLE = "batch-rejected"
UNHELPED = (WHOLE, "row-quarantined")  # sending the file again is no help against these
STOP_POLLING = 286  # what htmx takes as: show this, and do not ask again


@require_safe
@member_required(Permission.CLUE_VIEW)
def batches(request: HttpRequest) -> HttpResponse:
    """Show the batches, newest first."""
    viewer = viewer_of(request)
    scope = f"portal.batches.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = queries.list_batches(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    refresh = page.is_first and any(row.state in IN_WORK for row in page.rows)
    context = {"section": "batches", "page": page, "refresh": refresh}
    return _show(request, "clues/batches/list.html", "clues/batches/_rows.html", context)


@require_safe
@member_required(Permission.CLUE_VIEW)
def batch(request: HttpRequest, batch: str) -> HttpResponse:
    """Show one batch with its refused rows; the page renews itself while the batch is in work."""
    viewer = viewer_of(request)
    found = queries.get_batch(batch=batch, viewer=viewer)
    refusals = contribution.get_refusals(batch=batch, viewer=viewer)
    rows = [row for row in refusals.rows if row.code != WHOLE]  # said once above, not once a row
    hold = holds.get_hold(batch=batch, viewer=viewer)
    is_stopped = found.state in STOPPED or (hold is not None and hold.decision == "rejected")
    context = {
        "section": "batches",
        "batch": found,
        "explained": [(explain(code), count) for code, count in refusals.counts],
        "hold": hold,
        "rows": [(row, explain(row.code or "")) for row in rows],
        "are_more": sum(count for code, count in refusals.counts if code != WHOLE) > len(rows),
        "may_send_again": not is_stopped and any(code not in UNHELPED for code, _count in refusals.counts),
        "refresh": found.state in IN_WORK or (found.state == "done" and not found.released),
    }
    return _show(request, "clues/batches/detail.html", "clues/batches/_batch.html", context)


def _show(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponse:
    """Show the page, or to htmx the part of it that changes while there is work."""
    if not request.headers.get("HX-Request"):
        return render(request, page, context)
    return render(request, part, context, status=200 if context["refresh"] else STOP_POLLING)
