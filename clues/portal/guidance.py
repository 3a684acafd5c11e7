"""Guidance for handing a case over: authorities, charges with their elements, playbooks, as they are in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clues.guidance import queries
from members.permissions import Permission
from members.portal.access import member_required


@require_safe
@member_required(Permission.CASE_VIEW)
def guidance(request: HttpRequest) -> HttpResponse:
    """Show the playbooks, the charges and the authorities."""
    context = {
        "section": "guidance",
        "playbooks": queries.list_playbooks(),
        "charges": queries.list_charges(),
        "authorities": queries.list_authorities(),
    }
    return render(request, "clues/guidance/guidance.html", context)
