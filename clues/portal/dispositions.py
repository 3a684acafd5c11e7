"""Dispositions: what the institution did, what it has to lift or to look at again, recording one, and its history."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, dispositions, keep_reasons
from clues import working_days
from clues.cases import queries as cases
from clues.dispositions import acting, queries, recording, workflow
from clues.dispositions.fields import EFFECTS
from clues.matching.queries import get_match
from clues.portal.clue import read_version, say
from clues.portal.disputes import ONCE
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.submissions import clues, review_state
from members.api.repeat import fingerprint_of, run_once
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import Person

SECTION = {"section": "dispositions"}
GIVEN = ("kind", "state", "done_at", "category", "document_no", "review_date", "note", *EFFECTS)


@require_safe
@member_required(Permission.CLUE_VIEW)
def list_page(request: HttpRequest) -> HttpResponse:
    """Show the dispositions, newest first; `state` is one of theirs, `show` what has to be lifted or looked at again."""
    viewer, now = viewer_of(request), timezone.now()
    state, show = request.GET.get("state") or None, request.GET.get("show") or None
    if (state is not None and state not in workflow.STATES) or (show is not None and show not in queries.SHOWS):
        raise Http404
    scope = f"portal.dispositions.{viewer.institution_id}.{state or ''}.{show or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_dispositions(
        viewer=viewer, now=now, state=state, show=show, before=position[0] if position else None, limit=SIZE + 1
    )
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {
        "page": page,
        "rows": [(row, _left(row, now)) for row in page.rows],
        "state": state,
        "show": show,
        "states": workflow.STATES.items(),
        "to_lift": queries.count_to_lift(viewer=viewer),
        "to_review": queries.count_to_review(viewer=viewer, now=now),
        "today": timezone.localdate(now),
    }
    return render(request, "clues/dispositions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def new(request: HttpRequest) -> HttpResponse:
    """Record a disposition about a match, an identifier of an own clue or a case, which the address names."""
    viewer, now = viewer_of(request), timezone.now()
    about = _about(request)
    context: dict[str, Any] = SECTION | {
        "about": about,
        **_subject(about, viewer),
        "kinds": dispositions.open_to(viewer.sector),
        "categories": categories.ROWS,
        "once": secrets.token_urlsafe(18),
        "given": {"kind": request.GET.get("kind", ""), "state": "done"},
    }
    status = 200
    if request.method == "POST":
        try:
            made = _record_once(request, about, viewer, now)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            context |= {"refused": say(refusal), "wrong": refusal.extra.get("field"), "given": request.POST}
            status = 422
        else:
            messages.success(request, _("Recorded. Nobody else is told."))
            return redirect("clues:disposition", made)
    return render(request, "clues/dispositions/new.html", context, status=status)


@require_safe
@member_required(Permission.CLUE_VIEW)
def disposition(request: HttpRequest, disposition: str) -> HttpResponse:
    """Show one disposition, what became of it, and what can be done."""
    return _show(request, disposition)


@require_POST
@member_required(Permission.CLUE_SUBMIT)
def act(request: HttpRequest, disposition: str) -> HttpResponse:
    """Take one step of the table, from the version that the page showed."""
    viewer, now = viewer_of(request), timezone.now()
    given = {name: value for name in ("note", "review_date", *EFFECTS) if (value := request.POST.get(name, "").strip())}
    given["action"] = request.POST.get("action", "")
    if done_at := _moment(request.POST.get("done_at", "")):
        given["done_at"] = done_at
    try:
        acting.act(disposition=disposition, request=given, version=read_version(request), by=viewer, now=now)
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        return _show(request, disposition, refused=say(refusal), status=422)
    messages.success(request, _("Done. It stands in the history."))
    return redirect("clues:disposition", disposition)


@require_POST
@member_required(Permission.CLUE_SUBMIT)
def answer(request: HttpRequest, disposition: str) -> HttpResponse:
    """Answer that the ground has fallen: lift it, or keep it on grounds of the institution's own."""
    given = {name: value for name in ("answer", "reason", "note") if (value := request.POST.get(name, "").strip())}
    if given.get("answer") == "lifted":
        given.pop("reason", None)
    try:
        acting.answer(disposition=disposition, request=given, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        refused = (
            _("Choose an answer and, to keep it, its ground.") if refusal.code == "field-invalid" else say(refusal)
        )
        return _show(request, disposition, refused=refused, status=422)
    messages.success(request, _("Thank you. The answer is recorded with your name."))
    return redirect("clues:disposition", disposition)


def _show(request: HttpRequest, disposition: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    found = queries.get_disposition(disposition=disposition, viewer=viewer)
    steps = queries.list_steps(disposition=found.id, viewer=viewer)
    context = SECTION | {
        "row": found,
        "kind": dispositions.BY_CODE[found.kind],
        "left": _left(found, now),
        "steps": list(reversed(steps)),
        "people": review_state.name_actors([step.actor for step in steps], viewer=viewer),
        "actions": workflow.actions_for(found.state, found.kind),
        "keep_reasons": keep_reasons.ROWS,
        "today": timezone.localdate(now),
        "refused": refused,
        "given": request.POST,
    }
    return render(request, "clues/dispositions/detail.html", context, status=status)


def _about(request: HttpRequest) -> dict[str, str]:
    """Return what the disposition is about, as the address or the form names it; 404 for nothing."""
    source = request.POST if request.method == "POST" else request.GET
    about = {name: source[name] for name in ("match", "client_ref", "identifier", "case") if source.get(name)}
    if not about.keys() & {"match", "client_ref", "case"}:
        raise Http404
    return about


def _subject(about: dict[str, str], viewer: Person) -> dict[str, Any]:
    """Return what the page shows of it; Refusal `not-found` for what is not the institution's."""
    if "match" in about:
        found = get_match(match=about["match"], viewer=viewer)
        return {"match": found, "own_categories": found.categories}
    if "case" in about:
        return {"case": cases.get_case(case=about["case"], viewer=viewer)}
    rows = clues.list_clues(viewer=viewer, client_ref=about["client_ref"], limit=1)
    if not rows:
        raise Http404
    return {"clue": rows[0], "position": _number(about.get("identifier", "0"))}


def _record_once(request: HttpRequest, about: dict[str, str], viewer: Person, now: datetime) -> str:
    """Record it once for each form, however often the form is sent."""
    given: dict[str, Any] = {name: value for name in GIVEN if (value := request.POST.get(name, "").strip())}
    given["done_at"] = _moment(request.POST.get("done_at", "")) if given.get("state") == "done" else None
    asked = {**given, **about}
    if "identifier" in about:
        asked["identifier"] = _number(about["identifier"])
    key = request.POST.get("once", "")
    if ONCE.fullmatch(key) is None:
        raise Http404

    def make() -> tuple[int, dict[str, Any]]:
        made = recording.record(request=asked, by=viewer, now=now)
        return 302, {"disposition": made.ref}

    what = "\n".join(("disposition-form", *(f"{name}={value}" for name, value in sorted(asked.items())))).encode()
    _status, body, _replayed = run_once(
        institution_id=viewer.institution_id,
        route="disposition-form",
        key=key,
        fingerprint=fingerprint_of(what),
        make=make,
    )
    return str((body or {})["disposition"])


def _moment(text: str) -> str | None:
    """Return a local moment of a form with its zone; what is none goes on as it is, to be refused."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return text
    if moment is None:
        return text.strip() or None
    return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).isoformat()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else -1


def _left(row: queries.DispositionView, now: datetime) -> int | None:
    """Return the working days left to answer that the ground has fallen."""
    return working_days.working_days_left(row.lift.due_at, now=now) if row.lift is not None and row.to_lift else None
