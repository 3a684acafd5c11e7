"""Exports: own clues, matches and content as CSV or STIX 2.1; every file is on the institution's trail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from clues.exports import making
from clues.exports.record import CLUES, CONTENT, MATCHES
from clues.exports.registry import formats
from clues.portal.viewer import viewer_of
from members.permissions import Permission, can
from members.portal.access import member_required

LABELS = {
    CLUES: (_("Our clues"), _("What we reported, how it stands, and whether it answers screenings.")),
    MATCHES: (_("Our matches"), _("What of ours others reported too, as the inbox shows it.")),
    CONTENT: (_("Our content"), _("The links that we reported, with our notes, and what the platforms did.")),
}


@require_safe
@member_required(Permission.CLUE_VIEW)
def exports(request: HttpRequest) -> HttpResponse:
    """Show what can be exported, and how."""
    return _show(request, {})


@require_POST
@member_required(Permission.CLUE_VIEW)
def take(request: HttpRequest) -> HttpResponseBase:
    """Give one file."""
    span = {name: value for name in ("since", "until") if (value := request.POST.get(name, "")[:10])}
    what, form = request.POST.get("what", ""), request.POST.get("form", "")
    try:
        made = making.make(what=what, form=form, by=viewer_of(request), now=timezone.now(), span=making.read_span(span))
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing"):
            raise
        messages.error(request, gettext(refusal.detail))
        return _show(request, span | {"what": what, "form": form}, status=422)
    response = StreamingHttpResponse(made.pieces, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


def _show(request: HttpRequest, given: dict[str, str], *, status: int = 200) -> HttpResponse:
    context = {
        "section": "exports",
        "subjects": [
            (what, *LABELS[what]) for what, subject in making.SUBJECTS.items() if can(request.user, subject.permission)
        ],
        "formats": formats().values(),
        "given": {"what": CLUES, "form": "csv"} | given,
        "most_rows": f"{making.MOST_ROWS:,}",
    }
    return render(request, "clues/exports/exports.html", context, status=status)
