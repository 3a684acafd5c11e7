"""One match: why it scores, what happened, what each side sees, and what the institution makes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import feedback_reasons, feedback_verdicts
from clues.dispositions.queries import list_about
from clues.feedback.giving import give
from clues.matching import history, inbox, queries, work
from clues.portal.match_words import MOMENTS, explain_score
from clues.portal.matches import act, complain, is_fragment, read_versions
from clues.portal.viewer import viewer_of
from clues.rings import party
from members.permissions import Permission
from members.portal.access import member_required


@require_safe
@member_required(Permission.MATCH_VIEW)
def match(request: HttpRequest, match: str) -> HttpResponse:
    """Show one match; to whoever had it once, that it was undone."""
    viewer = viewer_of(request)
    try:
        found = queries.get_match(match=match, viewer=viewer)
    except queries.MatchNotFound:
        undone_at = inbox.get_undone_at(match=match, viewer=viewer)
        if undone_at is None:
            raise
        context: dict[str, Any] = {"section": "matches", "match": match, "undone_at": undone_at}
        return render(request, "clues/matches/undone.html", context, status=410)
    clues = history.list_own_clues(match=found.id, viewer=viewer)
    moments = history.list_moments(match=found.id, viewer=viewer)
    context = {
        **_work(request, found),
        "terms": explain_score(found.terms, kind=found.type),
        "clues": clues[: history.CLUES_MOST],
        "more_clues": len(clues) > history.CLUES_MOST,
        "our_categories": sorted({each.category for each in clues if each.counted}),
        "our_grade": min((each.grade for each in clues if each.counted), default=None),
        "moments": [(each, *MOMENTS.get(each.kind, (each.kind, ""))) for each in moments],
        "dispositions": list_about(match=found.id, viewer=viewer),
        "record": f"match={found.match}",
        "rings": party.list_rings_of(match=found.id, viewer=viewer),
        "cases": [each.ref for each in moments if each.subject == "CASE"],
        **_opinion(found),
    }
    return render(request, "clues/matches/detail.html", context)


@require_POST
@member_required(Permission.MATCH_VIEW)
def match_work(request: HttpRequest, match: str) -> HttpResponse:
    """Assign, acknowledge or reopen the match as the page showed it."""
    try:
        done = act(request, read_versions([f"{match}:{request.POST.get('version', '')}"]))
    except Refusal as refusal:
        complain(request, refusal)
    else:
        messages.success(request, done)
    if is_fragment(request):
        found = queries.get_match(match=match, viewer=viewer_of(request))
        return render(request, "clues/matches/_work.html", {**_work(request, found), "fragment": True})
    return redirect("clues:match", match)


@require_POST
@member_required(Permission.MATCH_VIEW)
def match_read(request: HttpRequest, match: str) -> HttpResponse:
    """Note that the person has read the match: the page's script says so by itself, else there is a button."""
    viewer = viewer_of(request)
    queries.get_match(match=match, viewer=viewer)
    work.mark_read(matches=[match], viewer=viewer, now=timezone.now())
    return HttpResponse() if is_fragment(request) else redirect("clues:match", match)


@require_POST
@member_required(Permission.MATCH_VIEW)
def match_feedback(request: HttpRequest, match: str) -> HttpResponse:
    """Take the institution's verdict; another one later takes its place."""
    asked = {name: value for name in ("verdict", "reason") if (value := request.POST.get(name))}
    try:
        give(match=match, request=asked, by=viewer_of(request), now=timezone.now())
    except Refusal as refusal:
        complain(request, refusal)
    else:
        messages.success(request, _("Thank you. Others are not told who said it; give another verdict to change it."))
    if is_fragment(request):
        found = queries.get_match(match=match, viewer=viewer_of(request))
        return render(request, "clues/matches/_feedback.html", {"match": found, "fragment": True, **_opinion(found)})
    return redirect("clues:match", match)


def _work(request: HttpRequest, found: queries.MatchView) -> dict[str, Any]:
    viewer = viewer_of(request)
    standing = inbox.get_work(matches=[found.id], viewer=viewer).get(found.id)
    if standing is None:  # undone since it was found
        raise queries.MatchNotFound
    return {
        "section": "matches",
        "match": found,
        "work": standing,
        "colleagues": work.list_colleagues(viewer=viewer),
        "me": viewer.audit_ref,
    }


def _opinion(found: queries.MatchView) -> dict[str, Any]:
    return {
        "verdicts": feedback_verdicts.ROWS,
        "reasons": feedback_reasons.ROWS,
        "opinion": found.my_feedback,
    }
