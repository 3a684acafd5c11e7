"""The own institution's events in the transparency log, for its auditors; and whether anybody would notice a change."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from members.audit import log_queries, witnesses
from members.permissions import Permission
from members.portal.access import member_required
from members.queries import person_of

SIZE: Final = 50
ACTORS: Final = {"user": _("person"), "key": _("key"), "command": _("command"), "job": _("job")}


@require_safe
@member_required(Permission.AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    """Show the newest events first, and how the log stands."""
    person, before = person_of(request.user), request.GET.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise Http404
    rows = log_queries.list_newest(viewer=person, before=None if before is None else int(before), limit=SIZE + 1)
    shown = rows[:SIZE]
    context = {
        "section": "audit",
        "state": witnesses.get_state(viewer=person, now=timezone.now()),
        "wanted": witnesses.WANTED,
        "events": [(row, ACTORS.get(row.actor_kind, row.actor_kind)) for row in shown],
        "older": shown[-1].seq if len(rows) > SIZE else None,
        "is_first": before is None,
    }
    return render(request, "members/audit/list.html", context)
