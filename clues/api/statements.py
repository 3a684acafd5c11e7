"""`/statements`: the alliance's monthly bulletin and the caller's own quarterly statements."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.statements import queries
from members.api.pagination import newest_first
from members.api.renderers import JSONRenderer

from . import shapes, statement_shapes
from .base import PAGED, ApiView, caller_of
from .downloads import CsvRenderer, FormNegotiation


class PdfRenderer(JSONRenderer):
    """Stands for PDF when the form of an answer is chosen."""

    media_type = "application/pdf"
    format = "pdf"


class StatementsView(ApiView):
    """All statements that the caller's institution may read."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="statements",
        summary="List bulletins and your own statements, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: statement_shapes.StatementPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"statements:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_statements(viewer=caller, before=before, limit=limit),
                show=_show,
            )
        )


class StatementView(ApiView):
    """One statement."""

    required_scope = "read"
    content_negotiation_class = FormNegotiation
    renderer_classes = (JSONRenderer, PdfRenderer, CsvRenderer)

    @extend_schema(
        operation_id="statement",
        summary="One statement: its figures, or its PDF or CSV",
        responses={
            (200, "application/json"): statement_shapes.Statement,
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The statement as it was made."),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A row for each value."),
            **shapes.problems(*shapes.READING, "not-found"),
        },
    )
    def get(self, request: Request, statement: str) -> HttpResponseBase:
        """Return it in the form that was asked for (`Accept`). Files are as they were made; taking one is on the trail."""
        caller, form = caller_of(request), request.accepted_renderer.format
        if form in queries.FORMS:
            name, body = queries.take_file(statement=statement, form=form, by=caller)
            response = HttpResponse(body, content_type=queries.FORMS[form])
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        found = queries.get_statement(statement=statement, viewer=caller)
        sections = [
            {
                "section": each["code"],
                "list": each["list"],
                "columns": each["columns"],
                "lines": [{"line": code, "values": values} for code, *values in each["rows"]],
            }
            for each in found.figures
        ]
        return Response(_show(found) | {"sections": sections})


def _show(row: queries.StatementView) -> dict[str, Any]:
    names = ("statement", "kind", "since", "last", "version", "as_of", "pdf_sha256", "csv_sha256")
    days = {"since": row.since.isoformat(), "last": row.last.isoformat()}
    return {name: getattr(row, name) for name in names} | days
