"""Reviews: what waits for a second person, by batch and one by one; confirming and returning, one or many."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, grades, return_reasons
from clues import tasks
from clues.portal.clue import read_version, say, show
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.submissions import clue_list, queries, review_queue, review_state, reviews
from clues.submissions.verdicts import DOCUMENT_GRADES, REVIEWED_GRADES, Verdict, read_verdict
from members.permissions import Permission
from members.portal.access import member_required

SECTION = {"section": "reviews"}


@require_safe
@member_required(Permission.CLUE_REVIEW)
def batches(request: HttpRequest) -> HttpResponse:
    """Show the batches that hold waiting clues, newest first, with how many of each grade."""
    viewer = viewer_of(request)
    scope = f"portal.reviews.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = review_queue.list_batches(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {
        "page": page,
        "people": review_state.name_actors([row.author for row in page.rows], viewer=viewer),
    }
    return render(request, "clues/reviews/list.html", context)


@require_safe
@member_required(Permission.CLUE_REVIEW)
def batch(request: HttpRequest, batch: str) -> HttpResponse:
    """Show the waiting clues of one batch, by grade and category if asked for."""
    return _show_batch(request, batch)


@require_POST
@member_required(Permission.CLUE_REVIEW)
def selected(request: HttpRequest, batch: str) -> HttpResponse:
    """Confirm or return the selected clues of a batch."""
    viewer, chosen = viewer_of(request), request.POST.getlist("clue")
    try:
        if not chosen:
            raise Refusal("field-missing", _("Select the clues first."))
        verdict = _verdict(request)
        done = reviews.review_selected(clues=chosen, verdict=verdict, by=viewer, now=timezone.now())
    except Refusal as refusal:
        return _show_batch(request, batch, refused=_refused(refusal))
    tasks.ring()
    messages.success(request, _said(verdict, done))
    if done < len(chosen):
        messages.warning(
            request,
            _("Left as they are: %(count)s. They are your own, or somebody was faster.")
            % {"count": len(chosen) - done},
        )
    return redirect("clues:review-batch", batch)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_REVIEW)
def whole(request: HttpRequest, batch: str) -> HttpResponse:
    """Ask once more, with the number of clues; then confirm or return all that wait in a batch, or all of one grade."""
    viewer = viewer_of(request)
    found = queries.get_batch(batch=batch, viewer=viewer)
    grade = request.POST.get("grade") or request.GET.get("grade") or None
    if grade is not None and grade not in REVIEWED_GRADES:
        raise Http404
    held = review_queue.count_waiting(batch=batch, viewer=viewer)
    chosen = {code: count for code, count in held.items() if grade in (None, code)}
    context: dict[str, Any] = SECTION | {
        "batch": found,
        "grade": grade,
        "chosen": chosen,
        "count": sum(chosen.values()),
        "most": review_queue.MOST,
        "needs_document": any(code in DOCUMENT_GRADES for code in chosen),
        "return_reasons": return_reasons.ROWS,
        "given": request.POST,
    }
    if request.method != "POST":
        return render(request, "clues/reviews/whole.html", context)
    count = request.POST.get("count", "")
    try:
        verdict = _verdict(request)
        done = reviews.review_batch(
            batch=batch, grade=grade, count=int(count) if count.isdecimal() and len(count) < 9 else -1,
            verdict=verdict, by=viewer, now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return render(request, "clues/reviews/whole.html", context | {"refused": _refused(refusal)}, status=422)
    tasks.ring()
    messages.success(request, _said(verdict, done))
    return redirect("clues:reviews")


@require_POST
@member_required(Permission.CLUE_REVIEW)
def review(request: HttpRequest, clue: str) -> HttpResponse:
    """Confirm or return one clue, from its page."""
    try:
        verdict = _verdict(request)
        reviews.review(
            clue=clue, version=read_version(request), verdict=verdict, by=viewer_of(request), now=timezone.now()
        )
    except Refusal as refusal:
        return show(request, clue, refused=_refused(refusal), status=422)
    tasks.ring()
    messages.success(request, _said(verdict, 1))
    return redirect("clues:clue", clue)


@require_POST
@member_required(Permission.CLUE_REVIEW)
def take_back(request: HttpRequest, clue: str) -> HttpResponse:
    """Withdraw the review of a clue."""
    try:
        reviews.take_back(clue=clue, version=read_version(request), by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        return show(request, clue, refused=_refused(refusal), status=422)
    messages.success(request, _("The review is withdrawn. The clue waits again."))
    return redirect("clues:clue", clue)


def _show_batch(request: HttpRequest, batch: str, *, refused: str = "") -> HttpResponse:
    viewer = viewer_of(request)
    found = queries.get_batch(batch=batch, viewer=viewer)
    grade, category = request.GET.get("grade") or None, request.GET.get("category") or None
    if (grade and grade not in REVIEWED_GRADES) or (category and category not in categories.BY_CODE):
        raise Http404
    scope = f"portal.review-batch.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    listed = clue_list.list_page(
        viewer=viewer,
        filters=clue_list.ClueFilters(state="active", review="waiting", grade=grade, category=category, batch=batch),
        before=(int(position[0]), int(position[1])) if position else None,
        limit=SIZE + 1,
    )
    page = make_page(request, listed.rows, scope=scope, position_of=lambda row: [row.clue.batch_id, row.clue.id])
    held = review_queue.count_waiting(batch=batch, viewer=viewer)
    context = SECTION | {
        "batch": found,
        "page": page,
        "held": held,
        "count": sum(held.values()),
        "most": review_queue.MOST,
        "asked": {"grade": grade, "category": category},
        "grades": [row for row in grades.ROWS if row.code in REVIEWED_GRADES],
        "categories": categories.ROWS,
        "return_reasons": return_reasons.ROWS,
        "needs_document": any(row.clue.grade in DOCUMENT_GRADES for row in page.rows),
        "refused": refused,
        "given": request.POST,
    }
    return render(request, "clues/reviews/batch.html", context, status=422 if refused else 200)


def _verdict(request: HttpRequest) -> Verdict:
    return read_verdict(
        request.POST.get("decision", ""),
        reason=request.POST.get("reason", ""),
        document_no=request.POST.get("document_no", ""),
    )


def _refused(refusal: Refusal) -> str:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    return say(refusal)


def _said(verdict: Verdict, count: int) -> str:
    if verdict.confirms:
        return _("Confirmed: %(count)s. What is confirmed answers screenings at once.") % {"count": count}
    return _("Returned: %(count)s. They answer nobody until they are corrected and confirmed.") % {"count": count}
