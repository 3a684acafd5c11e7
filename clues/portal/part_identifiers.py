"""Raw values in the own part: added with a confirmation, removed, and shown on demand to people of the institution."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.vocabulary import roles
from clues.cases import part_identifiers, part_queries, refusals
from clues.portal.clue import read_version, say
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required

DONE = {
    "add": _("The value is sealed into your part. It goes out with the report package, once the part is approved."),
    "remove": _("The value is destroyed."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def identifiers(request: HttpRequest, case: str) -> HttpResponse:
    """List the own part's raw values, and add, remove or open them."""
    if request.method != "POST":
        return _show(request, case)
    viewer, action = viewer_of(request), request.POST.get("action", "")
    if action not in ("add", "remove", "open"):
        raise Http404
    try:
        with refusals.recorded(case=case, action=f"identifier-{action}", by=viewer):
            if action == "open":
                return _show(request, case, opened=part_identifiers.open_own(case=case, by=viewer))
            if action == "remove":
                part_identifiers.remove(
                    case=case, identifier=request.POST.get("identifier", ""), version=read_version(request),
                    by=viewer, now=timezone.now(),
                )  # fmt: skip
            else:
                part_identifiers.add(
                    case=case, type=request.POST.get("type", ""), role=request.POST.get("role", ""),
                    value=request.POST.get("value", ""), confirmed=request.POST.get("confirm") == "yes",
                    version=read_version(request), by=viewer, now=timezone.now(),
                )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        field = str(refusal.extra.get("field", ""))
        return _show(
            request, case, refused=say(refusal), field=field, status=409 if refusal.code == "version-changed" else 422
        )
    messages.success(request, str(DONE[action]))
    return redirect("clues:case-part-identifiers", case)


def _show(
    request: HttpRequest,
    case: str,
    *,
    opened: list[part_identifiers.OwnIdentifier] | None = None,
    refused: str = "",
    field: str = "",
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    part = part_queries.get_own_part(case=case, viewer=viewer)
    context: dict[str, Any] = {
        "section": "cases",
        "case": part.case,
        "part": part,
        "rows": part_identifiers.list_own(case=case, viewer=viewer) if opened is None else opened,
        "is_open": opened is not None,
        "types": types(),
        "roles": roles.ROWS,
        "may_write": part.is_open and can(request.user, Permission.CASE_WORK),
        "may_see": can(request.user, Permission.CASE_WORK) or can(request.user, Permission.CASE_DECIDE),
        "refused": refused,
        "wrong": field,
        "given": {name: request.POST.get(name, "") for name in ("type", "role")},
    }
    return render(request, "clues/cases/identifiers.html", context, status=status)
