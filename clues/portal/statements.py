"""Statements: the alliance's monthly bulletin and the institution's own quarterly one, to read and as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clues.portal.paging import SIZE, get_position, make_page
from clues.portal.viewer import viewer_of
from clues.statements import queries
from members.permissions import Permission
from members.portal.access import member_required

SECTION = {"section": "statements"}


@require_safe
@member_required(Permission.CASE_VIEW)
def statements(request: HttpRequest) -> HttpResponse:
    """Show the newest first."""
    viewer = viewer_of(request)
    scope = f"portal.statements.{viewer.institution_id}"
    position = get_position(request, scope=scope)
    rows = queries.list_statements(viewer=viewer, before=position[0] if position else None, limit=SIZE + 1)
    page = make_page(request, rows, scope=scope, position_of=lambda row: [row.id])
    return render(request, "clues/statements/list.html", {**SECTION, "page": page})


@require_safe
@member_required(Permission.CASE_VIEW)
def statement(request: HttpRequest, statement: str) -> HttpResponse:
    """Show the figures of one."""
    found = queries.get_statement(statement=statement, viewer=viewer_of(request))
    return render(request, "clues/statements/detail.html", {**SECTION, "statement": found})


@require_safe
@member_required(Permission.CASE_VIEW)
def file(request: HttpRequest, statement: str, form: str) -> HttpResponse:
    """Give its PDF or CSV."""
    name, body = queries.take_file(statement=statement, form=form, by=viewer_of(request))
    response = HttpResponse(body, content_type=queries.FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
