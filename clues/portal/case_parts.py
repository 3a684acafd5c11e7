"""The own part of a case: written by analysts, approved or returned by somebody who did not write it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aif_share.errors import Refusal
from clues.cases import part_clues, part_identifiers, part_queries, parts, refusals
from clues.checklists.queries import get_checklist
from clues.evidence.queries import list_evidence
from clues.portal.clue import read_version, say
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required

SECTION = {"section": "cases"}
AMOUNTS = {
    "amount_claimed": gettext_lazy("Claimed"),
    "amount_lost": gettext_lazy("Lost"),
    "amount_prevented": gettext_lazy("Prevented"),
}
COUNTS = {"victims": gettext_lazy("Victims"), "persons": gettext_lazy("Persons involved")}
DATES = {"from_date": gettext_lazy("First day"), "until_date": gettext_lazy("Last day")}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def part(request: HttpRequest, case: str) -> HttpResponse:
    """Show the own part, and store what an analyst writes on it."""
    if request.method != "POST":
        return _show(request, case)
    viewer, said = viewer_of(request), _read(request)
    try:
        with refusals.recorded(case=case, action="part-edit", by=viewer):
            row = parts.edit(case=case, request=said, version=read_version(request), by=viewer, now=timezone.now())
        if request.POST.get("action") == "ready":
            with refusals.recorded(case=case, action="part-ready", by=viewer):
                row = parts.mark_ready(case=case, version=row.version, by=viewer)
    except Refusal as refusal:
        return _refused(request, case, refusal, given=said)
    if row.state == "ready":
        messages.success(request, _("The part waits for an approver of your institution who did not write it."))
    else:
        messages.success(request, _("The draft is stored. Nobody but your institution sees it."))
    return redirect("clues:case-part", case)


@require_POST
@member_required(Permission.CASE_VIEW)
def decide(request: HttpRequest, case: str) -> HttpResponse:
    """Approve the own part, or return it to its writers."""
    viewer, version, choice = viewer_of(request), read_version(request), request.POST.get("decision", "")
    try:
        if choice not in ("approve", "return"):
            raise Http404
        with refusals.recorded(case=case, action=f"part-{choice}", by=viewer):
            if choice == "approve":
                parts.approve(case=case, version=version, by=viewer, now=timezone.now())
            else:
                parts.send_back(case=case, version=version, reason=request.POST.get("reason", ""), by=viewer)
    except Refusal as refusal:
        return _refused(request, case, refusal, given=None)
    if choice == "approve":
        messages.success(request, _("The part is approved. The other parties read it within seconds."))
    else:
        messages.success(request, _("The part is a draft again; its writers read your reason."))
    return redirect("clues:case-part", case)


def _refused(request: HttpRequest, case: str, refusal: Refusal, *, given: dict[str, Any] | None) -> HttpResponse:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    is_overtaken = refusal.code == "version-changed"
    return _show(
        request, case, given=given, refused=say(refusal), field=str(refusal.extra.get("field", "")),
        overtaken=is_overtaken, status=409 if is_overtaken else 422,
    )  # fmt: skip


def _show(
    request: HttpRequest,
    case: str,
    *,
    given: dict[str, Any] | None = None,
    refused: str = "",
    field: str = "",
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    own = part_queries.get_own_part(case=case, viewer=viewer)
    chosen = [clue.client_ref for clue in own.clues] if given is None else given["clues"]
    me = viewer.audit_ref
    context = SECTION | {
        "case": own.case,
        "part": own,
        "values": _values(own.content) if given is None else given,
        "amounts": AMOUNTS,
        "counts": COUNTS,
        "dates": DATES,
        "most_facts": parts.MAX_FACTS,
        "chosen": chosen,
        "identifiers": len(part_identifiers.list_own(case=case, viewer=viewer)),
        "possible": part_clues.list_possible(own.case.id, viewer=viewer) if own.is_open else [],
        "people": part_queries.name_people([own.author, own.editor, own.approver], viewer=viewer),
        "may_write": own.is_open and can(request.user, Permission.CASE_WORK),
        "may_decide": own.is_open and own.state == "ready" and can(request.user, Permission.CASE_DECIDE),
        "is_writer": me in (own.author, own.editor),
        "evidence": [each for each in list_evidence(case=case, viewer=viewer) if each.is_own],
        "shows": get_checklist(case=case, viewer=viewer).own,
        "refused": refused,
        "wrong": field,
        "overtaken": overtaken,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "clues/cases/part.html", context, status=status)


def _read(request: HttpRequest) -> dict[str, Any]:
    names = ("facts", *AMOUNTS, *COUNTS, *DATES)
    plain = {name: request.POST.get(name, "").strip() for name in names}
    return plain | {"clues": request.POST.getlist("clues")}


def _values(content: part_queries.Content) -> dict[str, Any]:
    shown = {name: getattr(content, name) for name in ("facts", *AMOUNTS, *COUNTS, *DATES)}
    return {
        name: "" if value is None else value.isoformat() if name in DATES else str(value)
        for name, value in shown.items()
    }
