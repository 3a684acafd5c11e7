"""Our clues: the list with its filters and saved views, and taking several clues back at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, grades, withdrawal_reasons
from clues import tasks
from clues.portal.clue_filters import MATCHED_LABELS, NAMES, read_filters
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.submissions import clue_list, edits, saved_views
from clues.submissions import clues as own
from members.api.pagination import encode_cursor
from members.permissions import Permission
from members.portal.access import member_required

PAGE = "clues"
MOST_SELECTED = 100


@require_safe
@member_required(Permission.CLUE_VIEW)
def clues(request: HttpRequest) -> HttpResponse:
    """Show the clues that fit the filters, newest batch first."""
    viewer, asked = viewer_of(request), read_filters(request)
    scope = f"portal.clues.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    before = (int(position[0]), int(position[1])) if position else None
    found = clue_list.list_page(viewer=viewer, filters=asked.filters, before=before, limit=SIZE + 1)
    page = make_page(request, found.rows, scope=scope, position_of=lambda row: [row.clue.batch_id, row.clue.id])
    go_on = encode_cursor(list(found.go_on), scope=scope) if found.go_on and page.next is None else None
    views = [(view, urlencode(view.filters)) for view in saved_views.list_views(page=PAGE, by=viewer)]
    context: dict[str, Any] = {
        "section": "clues",
        "page": page,
        "go_on": go_on,
        "looked": clue_list.MOST_LOOKED,
        "asked": asked,
        "views": views,
        "current_view": next((view for view, _query in views if view.filters == asked.given), None),
        "states": clue_list.STATE_LABELS.items(),
        "reviews": clue_list.REVIEW_LABELS.items(),
        "matcheds": MATCHED_LABELS.items(),
        "grades": grades.ROWS,
        "categories": categories.ROWS,
    }
    return render(request, "clues/clues/list.html", context)


@require_POST
@member_required(Permission.CLUE_VIEW)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the page under a name, or forget a name; then show the list as it was."""
    viewer = viewer_of(request)
    filters = {name: value for name in NAMES if (value := request.POST.get(name, "").strip()[:64])}
    name = request.POST.get("name", "")
    if request.POST.get("action") == "delete":
        saved_views.delete_view(page=PAGE, name=name, by=viewer)
        messages.success(request, _("The view is deleted. Your clues are as they were."))
    else:
        try:
            saved_views.save_view(page=PAGE, name=name, filters=filters, by=viewer, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, gettext(refusal.detail))
        else:
            messages.success(request, _("The view is saved."))
    return redirect(reverse("clues:clues") + (f"?{urlencode(filters)}" if filters else ""))


@require_POST
@member_required(Permission.CLUE_SUBMIT)
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask once more, with the number and a reason; then take the selected clues back, each for itself."""
    viewer = viewer_of(request)
    chosen = list(dict.fromkeys(request.POST.getlist("clue")))[:MOST_SELECTED]
    if not chosen:
        messages.error(request, _("Select the clues first."))
        return redirect("clues:clues")
    pairs = [(ref, int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1)
             for ref, _colon, version in (value.partition(":") for value in chosen)]  # fmt: skip
    reason = request.POST.get("reason", "")
    if reason not in withdrawal_reasons.BY_CODE:
        rows = [own.get_clue(clue=ref, viewer=viewer) for ref, _version in pairs]
        context = {"section": "clues", "rows": rows, "reasons": withdrawal_reasons.ROWS, "count": len(rows)}
        return render(request, "clues/clues/withdraw.html", context)
    done, left = 0, 0
    for ref, version in pairs:
        try:
            edits.withdraw(clue=ref, reason=reason, version=version, by=viewer, now=timezone.now())
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            left += 1
        else:
            done += 1
    tasks.ring()
    if done:
        messages.success(request, _("Withdrawn: %(count)s. They stopped answering at once.") % {"count": done})
    if left:
        messages.warning(
            request, _("Left as they are: %(count)s, because they were changed meanwhile.") % {"count": left}
        )
    return redirect("clues:clues")
