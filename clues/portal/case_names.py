"""Being named to another party of a case: offered and agreed to by approvers, taken back as long as the other waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from clues.cases import naming, refusals
from clues.cases.queries import get_case
from clues.portal.clue import say
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def name(request: HttpRequest, case: str, party: str) -> HttpResponse:
    """Show how we and another party stand, and change it."""
    viewer = viewer_of(request)
    refused = ""
    if request.method == "POST":
        try:
            done = _act(request, case, party)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            refused = say(refusal)
        else:
            messages.success(request, done)
            return redirect("clues:case-name", case, party)
    parties = {each.party: each for each in naming.list_parties(case=case, viewer=viewer)}
    if party not in parties or parties[party].is_own:
        raise Http404
    context = {
        "section": "cases",
        "case": get_case(case=case, viewer=viewer),
        "party": parties[party],
        "us": next(each for each in parties.values() if each.is_own),
        "may_decide": can(request.user, Permission.CASE_DECIDE),
        "most": naming.MAX_CONTACT,
        "refused": refused,
        "given": request.POST,
    }
    return render(request, "clues/cases/name.html", context, status=422 if refused else 200)


def _act(request: HttpRequest, case: str, party: str) -> str:
    viewer, action = viewer_of(request), request.POST.get("action")
    if action not in ("offer", "withdraw"):
        raise Http404
    with refusals.recorded(case=case, action=f"name-{action}", by=viewer):
        if action == "withdraw":
            naming.withdraw(case=case, party=party, by=viewer)
            return _("Your consent is withdrawn.")
        contact = request.POST.get("contact", "")
        seen = naming.offer(case=case, party=party, contact=contact, by=viewer, now=timezone.now())
    if seen.asked:
        return _("Both sides agreed: names and contacts show within seconds, to both at once.")
    return _("Your consent is stored. You are named as soon as the other party agrees.")
