"""What is done with a piece of evidence in the portal: opened for a reason, shared, held, destroyed."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.evidence import destruction, holding, opening
from clues.portal.clue import read_version, say
from clues.portal.evidence import show_item
from clues.portal.viewer import viewer_of
from members.api.attachments import attachment
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import Person

ACTIONS = {
    "share": "evidence-share",
    "unshare": "evidence-share",
    "hold": "evidence-hold",
    "lift": "evidence-hold",
    "destroy": "evidence-destroy",
}
"""What a form may ask for -> what the trail calls it."""


@require_POST
@member_required(Permission.CASE_VIEW)
def open_evidence(request: HttpRequest, evidence: str) -> HttpResponseBase:
    """Give the content, once reason and person are on record."""
    viewer = viewer_of(request)
    try:
        with refusals.recorded(case=evidence, action="evidence-open", by=viewer):
            opened = opening.open_evidence(
                evidence=evidence, reason=request.POST.get("reason", ""), by=viewer, now=timezone.now()
            )
    except Refusal as refusal:
        return _refused(request, evidence, refusal, "open")
    return attachment(opened.content, size=opened.size, file_name=opened.details.file_name)


@require_POST
@member_required(Permission.CASE_VIEW)
def act(request: HttpRequest, evidence: str, action: str) -> HttpResponseBase:
    """Share it or no longer, place or lift a legal hold, destroy it."""
    if action not in ACTIONS:
        raise Http404
    viewer = viewer_of(request)
    try:
        with refusals.recorded(case=evidence, action=ACTIONS[action], by=viewer):
            messages.success(request, _do(request, evidence, action, viewer, timezone.now()))
    except Refusal as refusal:
        return _refused(request, evidence, refusal, action)
    return redirect("clues:evidence", evidence)


def _do(request: HttpRequest, evidence: str, action: str, by: Person, now: datetime) -> str:
    """Make the one call of the domain; return what to say then."""
    version, reason = read_version(request), request.POST.get("reason", "")
    if action in ("share", "unshare"):
        holding.share(evidence=evidence, shared=action == "share", version=version, by=by, now=now)
        return _("Our part is a draft again; it holds once our part is approved.")
    if action == "hold":
        holding.place_hold(evidence=evidence, reason=reason, by=by, now=now)
        return _("It is under legal hold now: nobody and no deadline destroys it.")
    if action == "lift":
        holding.lift_hold(evidence=evidence, reason=reason, by=by, now=now)
        return _("The legal hold is lifted.")
    destruction.destroy(evidence=evidence, reason=reason, version=version, by=by, now=now)
    return _("It is destroyed with its key; what it was and who had it in hand stays on record.")


def _refused(request: HttpRequest, evidence: str, refusal: Refusal, action: str) -> HttpResponseBase:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    status = 409 if refusal.code == "version-changed" else 422
    return show_item(request, evidence, refused=say(refusal), action=action, status=status)
