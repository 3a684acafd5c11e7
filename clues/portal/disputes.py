"""Disputes: those the institution opened, and those about its own clues with their deadlines and answers."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import dispute_reasons, maintain_reasons, withdrawal_reasons
from clues import tasks, working_days
from clues.disputes import answers, opening, queries
from clues.matching.queries import get_match
from clues.portal.asking import describe_question
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.api.repeat import fingerprint_of, run_once
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import Person

ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
SECTION = {"section": "disputes"}


@require_safe
@member_required(Permission.SCREEN)
def disputes(request: HttpRequest) -> HttpResponse:
    """Show the disputes that the institution opened, newest first."""
    viewer, state = viewer_of(request), _state(request, queries.OPENED_STATES)
    scope = f"portal.disputes.{viewer.institution_id}.{state or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_opened(viewer=viewer, state=state, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    now = timezone.now()
    context = SECTION | {
        "page": page,
        "state": state,
        "states": queries.OPENED_STATES,
        "rows": [(row, _left(row.due_at, now)) for row in page.rows],
        "to_answer": queries.count_to_answer(viewer=viewer, now=now),
    }
    return render(request, "clues/disputes/list.html", context)


@require_safe
@member_required(Permission.SCREEN)
def dispute(request: HttpRequest, dispute: str) -> HttpResponse:
    """Show one dispute that the institution opened."""
    now = timezone.now()
    found = queries.get_opened(dispute=dispute, viewer=viewer_of(request))
    context = SECTION | {"dispute": found, "left": _left(found.due_at, now), "is_due_over": now >= found.due_at}
    return render(request, "clues/disputes/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.SCREEN)
def new(request: HttpRequest) -> HttpResponse:
    """Open a dispute about a match (`?match=M-…`, a plain form), or show the page that does so about an identifier."""
    viewer, now = viewer_of(request), timezone.now()
    ref = request.POST.get("match") or request.GET.get("match")
    if request.method == "POST" and not ref:
        raise Http404  # about an identifier the script posts, to the API
    context: dict[str, Any] = SECTION | {"reasons": dispute_reasons.ROWS, "once": secrets.token_urlsafe(18)}
    status = 200
    if ref:
        context["match"] = get_match(match=ref, viewer=viewer)
    else:
        context["question"] = describe_question(person=viewer, now=now)
    if request.method == "POST":
        try:
            opened = _open_once(request, ref or "", viewer, now)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            context |= {"refused": gettext(refusal.detail), "given": request.POST}
            status = 422
        else:
            messages.success(request, _("The dispute is open. What it concerns stops answering within seconds."))
            return redirect("clues:dispute", opened)
    return render(request, "clues/disputes/new.html", context, status=status)


@require_safe
@member_required(Permission.CLUE_VIEW)
def received(request: HttpRequest) -> HttpResponse:
    """Show the disputes about the institution's own clues, newest first, with what time is left."""
    viewer, now, state = viewer_of(request), timezone.now(), _state(request, queries.RECEIVED_STATES)
    scope = f"portal.disputes-received.{viewer.institution_id}.{state or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_received(viewer=viewer, state=state, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = {
        "section": "disputes-received",
        "page": page,
        "state": state,
        "states": queries.RECEIVED_STATES,
        "rows": [(row, _left(row.due_at, now)) for row in page.rows],
        "to_answer": queries.count_to_answer(viewer=viewer, now=now),
    }
    return render(request, "clues/disputes/received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_VIEW)
def answer(request: HttpRequest, dispute: str, clue: str) -> HttpResponse:
    """Show one dispute about one clue of the institution; answer it: stand by the clue, or withdraw it."""
    viewer, now = viewer_of(request), timezone.now()
    found = queries.get_received(dispute=dispute, clue=clue, viewer=viewer)
    refused = ""
    if request.method == "POST":
        choice = request.POST.get("answer", "")
        given = {"clue": clue, "answer": choice, "reason": request.POST.get(f"reason-{choice}", "")}
        try:
            answers.answer(dispute=dispute, request=given, by=viewer, now=now)
        except Refusal as refusal:
            if refusal.code in ("not-found", "permission-missing"):
                raise
            refused = (
                _("Choose an answer and its reason.") if refusal.code == "field-invalid" else gettext(refusal.detail)
            )
        else:
            tasks.ring()
            messages.success(request, _said(choice))
            return redirect("clues:dispute-answer", dispute, clue)
    context = SECTION | {
        "disputed": found,
        "left": _left(found.due_at, now),
        "is_answerable": found.state == "open" and now < found.due_at,
        "choices": ((answers.MAINTAIN, maintain_reasons.ROWS), (answers.WITHDRAW, withdrawal_reasons.ROWS)),
        "refused": refused,
        "given": request.POST,
        "answer_list": "maintain-reasons" if found.state not in ("withdrawn",) else "withdrawal-reasons",
    }
    return render(request, "clues/disputes/answer.html", context, status=422 if refused else 200)


def _open_once(request: HttpRequest, match: str, viewer: Person, now: datetime) -> str:
    """Open it once for each form, however often the form is sent."""
    given = {
        "match": match,
        "reason": request.POST.get("reason", ""),
        "case_ref": request.POST.get("case_ref", "").strip(),
    }
    key = request.POST.get("once", "")
    if ONCE.fullmatch(key) is None:
        raise Http404

    def make() -> tuple[int, dict[str, Any]]:
        opened = opening.open_dispute(request=given, by=viewer, now=now)
        return 302, {"dispute": str(opened)}

    what = "\n".join(("dispute-form", *given.values())).encode()
    _status, body, _replayed = run_once(
        institution_id=viewer.institution_id, route="dispute-form", key=key, fingerprint=fingerprint_of(what), make=make
    )
    tasks.ring()
    return str((body or {})["dispute"])


def _state(request: HttpRequest, known: tuple[str, ...]) -> str | None:
    state = request.GET.get("state") or None
    if state is not None and state not in known:
        raise Http404
    return state


def _left(due_at: datetime, now: datetime) -> int | None:
    return working_days.working_days_left(due_at, now=now)


def _said(choice: str) -> str:
    if choice == answers.WITHDRAW:
        return _("The clue is withdrawn.")
    return _("You stand by the clue. It stays suspended until the alliance decides.")
