"""Content: links that the institution reported in clear, reporting up to a hundred, and what became of each."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, platforms
from clues.content import queries, reporting, workflow
from clues.portal.clue import say
from clues.portal.disputes import ONCE
from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from members.api.repeat import fingerprint_of, run_once
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import Person

SECTION = {"section": "content"}


@require_safe
@member_required(Permission.CLUE_VIEW)
def list_page(request: HttpRequest) -> HttpResponse:
    """Show what the institution reported, newest first."""
    viewer = viewer_of(request)
    state, platform = request.GET.get("state") or None, request.GET.get("platform") or None
    if (state is not None and state not in workflow.STATES) or (
        platform is not None and platform not in platforms.BY_CODE
    ):
        raise Http404
    scope = f"portal.content.{viewer.institution_id}.{state or ''}.{platform or ''}"
    position = get_position(request, scope=scope)
    rows = queries.list_content(
        viewer=viewer, state=state, platform=platform, before=position[0] if position else None, limit=SIZE + 1
    )
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    context = SECTION | {
        "page": page,
        "state": state,
        "platform": platform,
        "states": workflow.STATES.items(),
        "platforms": platforms.ROWS,
    }
    return render(request, "clues/content/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.CLUE_SUBMIT)
def new(request: HttpRequest) -> HttpResponse:
    """Report links, one a line; what is refused comes back to be corrected, the rest is taken."""
    viewer, now = viewer_of(request), timezone.now()
    context: dict[str, Any] = SECTION | {
        "categories": categories.ROWS,
        "most": reporting.MAX_LINKS,
        "once": secrets.token_urlsafe(18),
    }
    if request.method != "POST":
        return render(request, "clues/content/new.html", context)
    lines = [(number, line.strip()) for number, line in enumerate(request.POST.get("links", "").splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line]
    try:
        outcomes = _report_once(request, [line for _number, line in lines], viewer, now)
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        return render(
            request, "clues/content/new.html", context | {"refused": say(refusal), "given": request.POST}, status=422
        )
    refused = [
        (number, line, gettext(outcome["detail"]) or outcome["code"])
        for (number, line), outcome in zip(lines, outcomes, strict=True)
        if outcome["outcome"] == reporting.REFUSED
    ]
    counts = {name: sum(each["outcome"] == name for each in outcomes) for name in (reporting.TAKEN, reporting.KNOWN)}
    if counts[reporting.TAKEN]:
        messages.success(request, _("Links reported: %(count)d.") % {"count": counts[reporting.TAKEN]})
    if counts[reporting.KNOWN]:
        messages.info(request, _("Links you had reported before: %(count)d.") % {"count": counts[reporting.KNOWN]})
    if not refused:
        return redirect("clues:content")
    # Only what was refused comes back into the form: the rest must not be sent twice.
    given = request.POST.copy()
    given["links"] = "\n".join(line for _number, line, _why in refused)
    context |= {"faults": [(number, why) for number, _line, why in refused], "given": given}
    return render(request, "clues/content/new.html", context, status=422)


@require_safe
@member_required(Permission.CLUE_VIEW)
def content(request: HttpRequest, content: str) -> HttpResponse:
    """Show one content that the institution reported."""
    viewer = viewer_of(request)
    found = queries.get_content(content=content, viewer=viewer)
    moments = queries.list_moments(content=found.id, viewer=viewer)
    return render(request, "clues/content/detail.html", SECTION | {"row": found, "moments": list(reversed(moments))})


def _report_once(request: HttpRequest, lines: list[str], viewer: Person, now: datetime) -> list[dict[str, Any]]:
    """Report once for each form, however often the form is sent."""
    shared = {
        "category": request.POST.get("category", ""),
        "observed_at": _moment(request.POST.get("observed_at", "")),
        "capture_sha256": request.POST.get("capture_sha256", "").strip() or None,
        "account_shown": {"yes": True, "no": False}.get(request.POST.get("account_shown", "")),
        "note": request.POST.get("note", ""),
    }
    key = request.POST.get("once", "")
    if ONCE.fullmatch(key) is None:
        raise Http404

    def make() -> tuple[int, dict[str, Any]]:
        found = reporting.report(request={"links": [{"link": line, **shared} for line in lines]}, by=viewer, now=now)
        return 200, {"outcomes": [
            {"outcome": each.outcome, "code": each.code or "", "detail": str(each.detail)} for each in found]}  # fmt: skip

    what = "\n".join(("content-form", *lines, *(f"{name}={value}" for name, value in shared.items()))).encode()
    _status, body, _replayed = run_once(
        institution_id=viewer.institution_id, route="content-form", key=key, fingerprint=fingerprint_of(what), make=make
    )
    found: list[dict[str, Any]] = (body or {})["outcomes"]
    return found


def _moment(text: str) -> str | None:
    """Return a local moment of a form with its zone; what is none goes on as it is, to be refused."""
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return text
    if moment is None:
        return text.strip() or None
    return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).isoformat()
