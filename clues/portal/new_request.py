"""The form of a new request: first its kind, then its words. Whom it may go to depends on where one comes from."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from aif_share.vocabulary import (
    categories,
    complaint_handlings,
    consumer_contacted,
    purposes,
    request_clocks,
    request_kinds,
)
from aif_share.vocabulary.request_kinds import CASE, INSTITUTION, MATCH, RequestKind
from clues import tasks
from clues.cases.naming import list_parties
from clues.cases.queries import get_case
from clues.checklists import asking
from clues.matching.queries import get_match
from clues.portal.viewer import viewer_of
from clues.requests import queries, sending
from clues.requests.addressing import list_addressees
from clues.requests.steps import MAX_TEXT
from members.api.repeat import fingerprint_of, run_once
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import Person

ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BETWEEN = re.compile(r"[\s,，;；、]+")
PLACES = ("match", "case", "previous")
COMPLAINT = ("category", "reference", "received_on", "consumer_contacted", "handling")
WORDS = ("clock", "purpose", "text", "to", "party")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.REQUEST_SEND)
def new_request(request: HttpRequest) -> HttpResponse:
    """Show the kinds, then the form of one (`?kind=`); send it. `?match=`, `?case=`, `?previous=` say where it belongs.

    With `forward`, what goes on from an earlier request goes to an institution by name instead of to its other side.
    """
    viewer, now = viewer_of(request), timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    place = _place(asked, viewer)
    kinds = [row for row in request_kinds.ROWS if place["via"] in row.via and _may_send(row, viewer, place["via"])]
    kind = next((row for row in kinds if row.code == asked.get("kind")), None)
    context: dict[str, Any] = {"section": "requests", **place, "kinds": kinds, "kind": kind}
    if kind is None:
        return render(request, "clues/requests/new.html", context, status=404 if asked.get("kind") else 200)
    status = 200
    if request.method == "POST":
        try:
            ref = _send_once(request, kind, place, viewer, now)
        except Refusal as refusal:
            if refusal.code == "permission-missing" or (refusal.code == "not-found" and "clues" not in asked):
                raise
            context["refused"] = gettext(refusal.detail)
            status = 422
        else:
            messages.success(request, _("The request is sent."))
            return redirect("clues:request", ref)
    context |= {
        "addressees": list_addressees(viewer=viewer, kind=kind.code)
        if place["via"] == INSTITUTION and not place["fixed"]
        else [],
        "clocks": [request_clocks.BY_CODE[code] for code in kind.clocks],
        "parties": _other_parties(place, viewer),
        "purposes": [] if kind.purpose else purposes.ROWS,
        "needs_purpose": kind.due == request_kinds.ANSWER,
        "categories": categories.ROWS,
        "contacted": consumer_contacted.ROWS,
        "handlings": complaint_handlings.ROWS,
        "is_referral": kind.code == sending.REFERRAL,
        "most": MAX_TEXT,
        "once": secrets.token_urlsafe(18),
        "given": request.POST or _carried(place) or _asked_for(request, place, viewer),
        "today": timezone.localdate(now),
    }
    return render(request, "clues/requests/new.html", context, status=status)


def _place(asked: Mapping[str, str], viewer: Person) -> dict[str, Any]:
    """Return where the request belongs: `via`, the one reference of PLACES if any, and whether that fixes who gets it."""
    place: dict[str, Any] = {"via": INSTITUTION, "fixed": False, "forward": bool(asked.get("forward"))}
    if ref := asked.get("match"):
        return place | {"via": MATCH, "fixed": True, "match": get_match(match=ref, viewer=viewer)}
    if ref := asked.get("case"):
        return place | {"via": CASE, "fixed": True, "case": get_case(case=ref, viewer=viewer)}
    if ref := asked.get("previous"):
        found = queries.get_request(request=ref, viewer=viewer)
        if place["forward"]:
            return place | {"previous": found}
        return place | {"via": found.via, "fixed": True, "previous": found}
    return place


def _other_parties(place: Mapping[str, Any], viewer: Person) -> list[Any]:
    """Return the other parties of the case, as soon as they know of each other."""
    if "case" not in place:
        return []
    return [each for each in list_parties(case=place["case"].case, viewer=viewer) if not each.is_own]


def _may_send(row: RequestKind, viewer: Person, via: str) -> bool:
    return via != INSTITUTION or not row.routes or any(viewer.sector in source for source, _target in row.routes)


def _carried(place: Mapping[str, Any]) -> dict[str, str]:
    """Return what a further round takes over from the complaint of the one before."""
    earlier = place.get("previous")
    if earlier is None or earlier.complaint is None:
        return {}
    found = {name: getattr(earlier.complaint, name) or "" for name in COMPLAINT}
    return found | {"received_on": earlier.complaint.received_on.isoformat()}


def _asked_for(request: HttpRequest, place: Mapping[str, Any], viewer: Person) -> dict[str, str]:
    """Return what the words begin with where one comes from an element that nobody shows (`?element=charge:element`)."""
    if "case" not in place:
        return {}
    words = asking.find_words(place["case"].case, request.GET.get("element", ""), viewer=viewer)
    return {"text": words, "purpose": "investigation", "party": request.GET.get("party", "")} if words else {}


def _send_once(request: HttpRequest, kind: RequestKind, place: Mapping[str, Any], viewer: Person, now: datetime) -> str:
    """Send it once for each form, however often the form is sent."""
    given: dict[str, Any] = {"kind": kind.code}
    given |= {name: value for name in WORDS if (value := request.POST.get(name, "").strip())}
    if place["fixed"]:
        given.pop("to", None)
    if "case" not in place:
        given.pop("party", None)
    for name, field in (("match", "match"), ("case", "case"), ("previous", "request")):
        if name in place:
            given[name] = getattr(place[name], field)
    if references := [each for each in _BETWEEN.split(request.POST.get("clues", "").strip()) if each]:
        given["clues"] = references
    if kind.code == sending.REFERRAL:
        complaint = {name: request.POST.get(name, "").strip() for name in COMPLAINT}
        given["complaint"] = {name: value for name, value in complaint.items() if value}
    key = request.POST.get("once", "")
    if ONCE.fullmatch(key) is None:
        raise Http404

    def make() -> tuple[int, dict[str, Any]]:
        return 302, {"request": sending.send(request=given, by=viewer, now=now).ref}

    what = "\n".join(("request-form", *(f"{name}={value}" for name, value in sorted(given.items())))).encode()
    _status, body, _replayed = run_once(
        institution_id=viewer.institution_id, route="request-form", key=key, fingerprint=fingerprint_of(what), make=make
    )
    tasks.ring()
    return str((body or {})["request"])
