"""One of our clues: what it says, how it stands, what became of it; correcting, withdrawing and extending it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import extension_reasons, return_reasons, withdrawal_reasons
from aif_share.wire.problems import PROBLEMS
from clues import tasks
from clues.dispositions.queries import list_about
from clues.portal import clue_form
from clues.portal.clue_words import describe_effect
from clues.portal.viewer import viewer_of
from clues.submissions import clue_list, clues, edits, review_state
from clues.submissions.verdicts import DOCUMENT_GRADES
from members.permissions import Permission
from members.portal.access import member_required

SECTION = {"section": "clues"}


@require_safe
@member_required(Permission.CLUE_VIEW)
def clue(request: HttpRequest, clue: str) -> HttpResponse:
    """Show one clue."""
    return show(request, clue)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def correct(request: HttpRequest, clue: str) -> HttpResponse:
    """Correct plain fields and roles; who was overtaken by somebody else sees both, and decides again."""
    viewer = viewer_of(request)
    found = clues.get_clue(clue=clue, viewer=viewer)
    context: dict[str, Any] = SECTION | {"clue": found, "form": clue_form.fill(found)}
    if request.method != "POST":
        return render(request, "clues/clues/correct.html", context)
    version = read_version(request)
    if version != found.version:
        return _overtaken(request, found)
    changes = clue_form.read(found, request.POST)
    if not changes:
        messages.info(request, _("Nothing was changed: the clue says so already."))
        return redirect("clues:clue", clue)
    try:
        edits.correct(clue=clue, changes=changes, version=version, by=viewer, now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        if refusal.code == "version-changed":
            return _overtaken(request, clues.get_clue(clue=clue, viewer=viewer))
        context |= {"form": clue_form.fill(found, request.POST), "refused": say(refusal)}
        return render(request, "clues/clues/correct.html", context, status=422)
    tasks.ring()
    messages.success(request, _("The clue is corrected. Matches follow within seconds."))
    return redirect("clues:clue", clue)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def withdraw(request: HttpRequest, clue: str) -> HttpResponse:
    """Ask for a reason, and once more whether; then take the clue back for good."""
    return _end(request, clue, edits.withdraw, "clues/clues/withdraw.html", withdrawal_reasons.ROWS,
                _("The clue is withdrawn. It stopped answering at once."))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def extend(request: HttpRequest, clue: str) -> HttpResponse:
    """Ask for a reason; then let the clue live another period."""
    return _end(request, clue, edits.extend, "clues/clues/extend.html", extension_reasons.ROWS,
                _("The clue lives another full period from now."))  # fmt: skip


def show(request: HttpRequest, clue: str, *, refused: str = "", status: int = 200) -> HttpResponse:
    """Show the page of a clue, with what refused a review on it."""
    viewer = viewer_of(request)
    found = clues.get_clue(clue=clue, viewer=viewer)
    history = clues.list_history(clue=clue, viewer=viewer)
    state = review_state.get_state(clue=found, viewer=viewer)
    refs = [state.author, state.editor, *(step.actor for step in history), *(each.reviewer for each in state.reviews)]
    matched = bool(clue_list.find_matched([found.id]))
    context = SECTION | {
        "clue": found,
        "history": list(reversed(history)),
        "state": state,
        "people": review_state.name_actors(refs, viewer=viewer),
        "matched": matched,
        "dispositions": list_about(clue=found.id, viewer=viewer),
        "record": None if found.state in ("withdrawn", "expired") else urlencode({"client_ref": found.client_ref}),
        "effect": describe_effect(found, matched=matched),
        "labels": clue_form.LABELS,
        "needs_document": found.grade in DOCUMENT_GRADES,
        "return_reasons": return_reasons.ROWS,
        "refused": refused,
        "given": request.POST,
    }
    return render(request, "clues/clues/detail.html", context, status=status)


def read_version(request: HttpRequest) -> int:
    """Return the version that a form was made from; what is none never was one."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def say(refusal: Refusal) -> str:
    """Say a refusal in a sentence; rules of rows bring a code alone, whose title says what is wrong."""
    if refusal.detail:
        return gettext(refusal.detail)
    title = PROBLEMS[refusal.code]
    return title.title_zh if (get_language() or "").startswith("zh") else title.title_en


def _end(request: HttpRequest, clue: str, act: Any, template: str, reasons: Any, done: str) -> HttpResponse:
    viewer = viewer_of(request)
    found = clues.get_clue(clue=clue, viewer=viewer)
    context: dict[str, Any] = SECTION | {"clue": found, "rows": [found], "count": 1, "reasons": reasons}
    if request.method != "POST":
        return render(request, template, context)
    try:
        act(clue=clue, reason=request.POST.get("reason"), version=read_version(request), by=viewer, now=timezone.now())
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        if refusal.code == "version-changed":
            context["clue"] = clues.get_clue(clue=clue, viewer=viewer)
            context["rows"] = [context["clue"]]
        refused = _("Choose a reason.") if refusal.code == "field-invalid" else say(refusal)
        return render(request, template, context | {"refused": refused}, status=422)
    tasks.ring()
    messages.success(request, done)
    return redirect("clues:clue", clue)


def _overtaken(request: HttpRequest, found: clues.ClueView) -> HttpResponse:
    """Show what was posted beside what the clue says by now."""
    context = SECTION | {"clue": found, "form": clue_form.fill(found, request.POST), "overtaken": True}
    return render(request, "clues/clues/correct.html", context, status=409)
