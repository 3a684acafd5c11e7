"""The institution's own numbers and domains on the noise lists: list, propose, take off."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import noise_lists
from clues import quotas, tasks
from clues.noise import decide, queries
from clues.portal.asking import describe_question, label_terms
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required

OWN_LISTS = tuple(row for row in noise_lists.ROWS if row.members)
OPEN = ("proposed", "in-force")


@require_safe
@member_required(Permission.CLUE_VIEW)
def noise(request: HttpRequest) -> HttpResponse:
    """Show the institution's entries, newest first, and to whoever may submit the form that proposes more."""
    viewer, now = viewer_of(request), timezone.now()
    code, state = request.GET.get("list") or None, request.GET.get("state") or None
    if code not in (None, *(row.code for row in OWN_LISTS)) or state not in (None, *queries.STATES):
        raise Http404
    scope = f"portal.noise.{viewer.institution_id}.{code or ''}.{state or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_entries(
        viewer=viewer, list_code=code, state=state, before=position[0] if position else None, limit=SIZE + 1
    )
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = {
        "section": "noise", "page": page, "list": code, "state": state, "lists": OWN_LISTS, "states": queries.STATES,
        "open_states": OPEN,
    }  # fmt: skip
    if can(request.user, Permission.CLUE_SUBMIT):
        context["question"] = {
            **describe_question(person=viewer, now=now, kind=quotas.SUBMIT),
            "lists": [
                {"code": row.code, "label": label_terms([row])[row.code], "types": list(row.types)} for row in OWN_LISTS
            ],
        }
    return render(request, "clues/noise/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def remove(request: HttpRequest, entry: str) -> HttpResponse:
    """Ask whether to take an entry off its list, and take it off."""
    viewer = viewer_of(request)
    found = queries.get_entry(entry=entry, viewer=viewer)
    if request.method == "POST":
        try:
            decide.remove_own(entry=entry, by=viewer, now=timezone.now())
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            messages.error(request, gettext(refusal.detail))
        else:
            tasks.ring()
            messages.success(request, _("It is off the list. What is reported of it from now on is not marked."))
        return redirect("clues:noise")
    return render(request, "clues/noise/remove.html", {"section": "noise", "entry": found})
