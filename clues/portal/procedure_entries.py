"""What the authorities did about a case: the section of its page, and the page on which the lead records an entry."""

from __future__ import annotations

import re
import secrets
from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from aif_share.vocabulary import regions, tracks
from aif_share.vocabulary.tracks import State, Track
from clues.cases import refusals
from clues.cases.queries import OURS, CaseView
from clues.guidance.queries import list_authorities
from clues.portal.viewer import viewer_of
from clues.procedures import grades, lead, queries
from members.api.repeat import fingerprint_of, run_once
from members.permissions import Permission, can
from members.portal.access import member_required
from members.queries import Person

ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
NUMBERS = ("persons", "persons_detained", "gangs", "items")
TEXTS = (
    "authority", "document_no", "date", "received_date", "province", "note", "amount_claimed_cny", "amount_lost_cny",
    "amount_prevented_cny",
)  # fmt: skip


def describe(case: CaseView, viewer: Person) -> dict[str, Any]:
    """Return what the section of a case's page shows: the proceedings, and what the lead may open."""
    now = timezone.now()
    found = queries.list_proceedings(case=case.case, viewer=viewer, now=now)
    runs = queries.runs_in(case.state)
    return {
        "proceedings": found,
        "may_record": runs and case.lead == OURS and can(viewer, Permission.CLUE_SUBMIT),
        "proceedings_run": runs,
        "openings": [(track, [state for state in track.states if state.opens]) for track in tracks.ROWS],
        "steps_down": grades.list_steps_down(case=case.id, proceedings=found, viewer=viewer),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def new(request: HttpRequest, case: str) -> HttpResponse:
    """Show the form of one state, of a proceeding named or of a track to open, and record it."""
    viewer = viewer_of(request)
    is_sent = request.method == "POST"
    try:
        with refusals.recorded(case=case, action="entry-record", by=viewer) if is_sent else nullcontext():
            found = lead.get_led(case=case, by=viewer)
    except Refusal:
        raise Http404 from None
    track, state, proceeding = _asked(request, found, viewer)
    context: dict[str, Any] = {
        "section": "cases",
        "case": found,
        "track": track,
        "state": state,
        "proceeding": proceeding,
        "authorities": list_authorities(),
        "provinces": regions.ROWS,
        "today": timezone.localdate(),
        "once": secrets.token_urlsafe(18),
    }
    status = 200
    if is_sent:
        try:
            with refusals.recorded(case=case, action="entry-record", by=viewer):
                _record_once(request, found.case, track, state, proceeding, viewer)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            context |= {"refused": gettext(refusal.detail), "wrong": refusal.extra.get("field"), "given": request.POST}
            status = 422
        else:
            messages.success(
                request, _("Recorded. It counts, and the other parties see it, once the alliance confirmed it.")
            )
            return redirect("clues:case", case)
    return render(request, "clues/procedure_entries/new.html", context, status=status)


def _asked(request: HttpRequest, case: CaseView, viewer: Person) -> tuple[Track, State, str | None]:
    """Which state of which track the address names; one that is not open now is not there."""
    ref, code = request.GET.get("proceeding") or None, request.GET.get("state", "")
    if ref is not None:
        rows = queries.list_proceedings(case=case.case, viewer=viewer, now=timezone.now())
        view = next((row for row in rows if row.proceeding == ref), None)
        track = tracks.BY_CODE.get(view.track) if view is not None else None
    else:
        track = tracks.BY_CODE.get(request.GET.get("track", ""))
    state = next((each for each in track.states if each.code == code), None) if track is not None else None
    if track is None or state is None:
        raise Http404
    return track, state, ref


def _record_once(
    request: HttpRequest, case: str, track: Track, state: State, proceeding: str | None, viewer: Person
) -> None:
    """Record it once for each form, however often the form is sent."""
    key = request.POST.get("once", "")
    if ONCE.fullmatch(key) is None:
        raise Http404
    given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in TEXTS}
    for name in NUMBERS:
        text = request.POST.get(name, "").strip()
        given[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    given |= {"state": state.code, "self_reported": "self_reported" in request.POST}
    given |= {"proceeding": proceeding} if proceeding else {"track": track.code}

    def make() -> tuple[int, dict[str, Any]]:
        entry = lead.record_as_lead(case=case, request=given, by=viewer, now=timezone.now())
        return 302, {"entry": str(entry)}

    what = "\n".join(f"{name}={value}" for name, value in sorted(given.items())).encode()
    run_once(
        institution_id=viewer.institution_id, route="entry-form", key=key,
        fingerprint=fingerprint_of(case.encode() + b"\n" + what), make=make,
    )  # fmt: skip
