"""What a case is checked against: charges chosen by its lead, what the own part shows of each element, what is missing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from clues.cases import naming, part_queries, refusals
from clues.checklists import charges, queries, showing
from clues.evidence.queries import list_evidence
from clues.portal.clue import read_version, say
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required
from members.queries import Person

ACTIONS = {"add": "charge-add", "drop": "charge-drop", "show": "element-show"}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def checklist(request: HttpRequest, case: str) -> HttpResponse:
    """Show the checklist; choose a charge, drop one, or say what the own part shows of one."""
    refused, status = "", 200
    if request.method == "POST":
        try:
            messages.success(request, _act(request, case))
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            refused, status = say(refusal), 409 if refusal.code == "version-changed" else 422
        else:
            return redirect("clues:case-checklist", case)
    return _show(request, case, refused=refused, status=status)


def _act(request: HttpRequest, case: str) -> str:
    """Do what the form asks for; return what to say then."""
    viewer, now, action = viewer_of(request), timezone.now(), request.POST.get("action", "")
    if action not in ACTIONS:
        raise Http404
    charge = request.POST.get("charge", "")
    with refusals.recorded(case=case, action=ACTIONS[action], by=viewer):
        if action == "add":
            charges.add(case=case, charge=charge, by=viewer, now=now)
            return _("The case is checked against this charge now. The other parties see it within seconds.")
        if action == "drop":
            charges.drop(case=case, charge=charge, by=viewer, now=now)
            return _("The case is not checked against this charge any more.")
        said = _read(request, case, charge, viewer)
        row = showing.show(case=case, charge=charge, request=said, version=read_version(request), by=viewer, now=now)
        if row is None:
            return _("Nothing has changed.")
        return _("Stored with our part, which is a draft now. The others see it once our part is approved.")


def _read(request: HttpRequest, case: str, charge: str, viewer: Person) -> dict[str, Any]:
    """Return what the boxes say: `facts:<element>` for the facts, `evidence:<element>` with references for evidence."""
    found = [each for each in queries.get_checklist(case=case, viewer=viewer).charges if each.charge.code == charge]
    elements = [element.element.code for each in found for element in each.elements]
    return {
        "elements": [
            {
                "element": code,
                "facts": f"facts:{code}" in request.POST,
                "evidence": request.POST.getlist(f"evidence:{code}"),
            }
            for code in elements
        ]
    }


def _show(request: HttpRequest, case: str, *, refused: str, status: int) -> HttpResponse:
    viewer = viewer_of(request)
    own = part_queries.get_own_part(case=case, viewer=viewer)
    found = queries.get_checklist(case=case, viewer=viewer)
    parties = naming.list_parties(case=case, viewer=viewer)
    leads = any(party.is_own and party.is_lead for party in parties)
    works = can(request.user, Permission.CASE_WORK)
    chosen = {each.charge.code for each in found.charges}
    context = {
        "section": "cases",
        "case": own.case,
        "part": own,
        "checklist": found,
        "shown": found.elements - found.missing,
        "rows": [(each, _own_of(each)) for each in found.charges],
        "items": [each for each in list_evidence(case=case, viewer=viewer) if each.is_own and each.state == "stored"],
        "possible": [each for each in charges.list_possible() if each.code not in chosen],
        "may_choose": found.is_open and leads and works,
        "may_write": found.is_open and works,
        "may_give": leads and works and not own.case.is_over,
        "may_ask": can(request.user, Permission.REQUEST_SEND) and len(parties) > 1 and not own.case.is_over,
        "refused": refused,
    }
    return render(request, "clues/cases/checklist.html", context, status=status)


def _own_of(charge: queries.ChargeView) -> dict[str, dict[str, Any]]:
    """Return, for each element, what the own part says: whether its facts show it, and which evidence."""
    return {
        element.element.code: {
            "facts": any(each.facts for each in element.supports if each.party.is_own),
            "evidence": {
                item.evidence for each in element.supports if each.party.is_own for item in each.evidence
            },
        }
        for element in charge.elements
    }  # fmt: skip
