"""Tasks of a case: given by its lead, answered by the party they are asked of; and all that cases ask of the institution."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import task_kinds
from clues.cases import naming, part_queries, refusals, task_queries, tasks
from clues.cases.queries import get_case
from clues.checklists import asking
from clues.portal.clue import read_version, say
from clues.portal.viewer import viewer_of
from clues.working_days import ZONE
from members.permissions import Permission, can, check
from members.portal.access import member_required
from members.queries import Person

SECTION = {"section": "cases"}
MOST = 50


@require_safe
@member_required(Permission.CASE_VIEW)
def work(request: HttpRequest) -> HttpResponse:
    """Show what cases ask of the institution: tasks by their deadline, parts to approve, offers to be named."""
    viewer = viewer_of(request)
    context = {
        "section": "case-work",
        "tasks": task_queries.list_to_do(viewer=viewer, limit=MOST),
        "colleagues": dict(task_queries.list_colleagues(viewer=viewer)),
        "parts": part_queries.list_waiting_parts(viewer=viewer, user=viewer.user_id, limit=MOST),
        "asked": naming.list_asked(viewer=viewer, limit=MOST),
        "now": timezone.now(),
    }
    return render(request, "clues/cases/work.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def new(request: HttpRequest, case: str) -> HttpResponse:
    """Ask whom and for what; then give the task."""
    viewer, now = viewer_of(request), timezone.now()
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            return _give(request, case, viewer, now)
        except Refusal as refusal:
            refused = refusal
            if refusal.code in ("not-found", "permission-missing"):
                raise
    check(viewer, Permission.CASE_WORK)
    found = get_case(case=case, viewer=viewer)
    parties = naming.list_parties(case=case, viewer=viewer)
    if not any(party.is_own and party.is_lead for party in parties):
        raise Http404
    today = now.astimezone(ZONE).date()
    context: dict[str, Any] = SECTION | {
        "case": found,
        "parties": parties,
        "kinds": task_kinds.ROWS,
        "given": request.POST or _asked_for(request, case, viewer) or request.GET,
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=tasks.MAX_DAYS)).isoformat(),
    }
    if refused is not None:
        context |= {"refused": say(refused), "wrong": refused.extra.get("field", "")}
    return render(request, "clues/cases/task_new.html", context, status=200 if refused is None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CASE_VIEW)
def task(request: HttpRequest, case: str, task: str) -> HttpResponse:
    """Show one task; answer it, give it to a colleague, or take it back."""
    viewer = viewer_of(request)
    refused, field = "", ""
    if request.method == "POST":
        try:
            messages.success(request, _act(request, case, task))
        except Refusal as refusal:
            refused, field = _said(refusal), str(refusal.extra.get("field", ""))
        else:
            return redirect("clues:case-task", case, task)
    found = task_queries.get_task(case=case, task=task, viewer=viewer)
    is_open = found.state == "open" and not found.is_over and can(request.user, Permission.CASE_WORK)
    colleagues = task_queries.list_colleagues(viewer=viewer)
    context = SECTION | {
        "task": found,
        "may_answer": is_open and found.is_mine,
        "may_cancel": is_open and found.is_given,
        "colleagues": colleagues,
        "assignee": dict(colleagues).get(found.assignee or ""),
        "me": viewer.audit_ref,
        "refused": refused,
        "wrong": field,
        "given": request.POST,
        "now": timezone.now(),
    }
    return render(request, "clues/cases/task.html", context, status=422 if refused else 200)


def _asked_for(request: HttpRequest, case: str, viewer: Person) -> dict[str, str]:
    """Return what the form begins with where one comes from an element that nobody shows (`?element=charge:element`)."""
    words = asking.find_words(case, request.GET.get("element", ""), viewer=viewer)
    return {"kind": asking.TASK_KIND, "note": words, "party": request.GET.get("party", "")} if words else {}


def _give(request: HttpRequest, case: str, viewer: Person, now: datetime) -> HttpResponse:
    names = ("party", "kind", "note", "due_on")
    asked = {name: value for name in names if (value := request.POST.get(name, "").strip())}
    with refusals.recorded(case=case, action="task-give", by=viewer):
        row = tasks.give(case=case, request=asked, by=viewer, now=now)
    messages.success(request, _("The task is given. The party is told within seconds."))
    return redirect("clues:case-task", case, str(row))


def _act(request: HttpRequest, case: str, task: str) -> str:
    """Do what the form asks for; return what to say then."""
    viewer, now, version = viewer_of(request), timezone.now(), read_version(request)
    action = request.POST.get("action", "")
    if action not in (*tasks.ANSWERS, "assign", "cancel"):
        raise Http404
    name = "task-answer" if action in tasks.ANSWERS else f"task-{action}"
    with refusals.recorded(case=case, action=name, by=viewer):
        if action == "assign":
            person = request.POST.get("assignee") or None
            tasks.assign(case=case, task=task, assignee=person, version=version, by=viewer)
            return _("The task is assigned.") if person else _("The task is nobody's in particular now.")
        if action == "cancel":
            reason = request.POST.get("reason", "")
            tasks.cancel(case=case, task=task, reason=reason, version=version, by=viewer, now=now)
            return _("The task is canceled; its party is told.")
        answer = {"answer": action, "note": request.POST.get("note", "")}
        tasks.answer(case=case, task=task, request=answer, version=version, by=viewer, now=now)
        return _("Your answer is stored; who gave the task reads it within seconds.")


def _said(refusal: Refusal) -> str:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    return say(refusal)
