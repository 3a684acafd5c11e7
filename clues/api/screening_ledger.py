"""`GET /log/screenings`: the own ledger of screenings as it was hashed, for whoever checks it against the transparency log."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from clues.screening import ledger
from members.api.pagination import newest_first

from . import shapes
from .base import PAGED, ApiView, caller_of


class LedgerRow(s.Serializer[Any]):
    """One screening, and the audit event that commits to it."""

    event = s.CharField(allow_null=True, help_text="AE-…, the event of its second; null for some seconds.")
    leaf = s.CharField(help_text="The row as canonical JSON, exactly as it was hashed.")


EVENT = OpenApiParameter("event", OpenApiTypes.STR, OpenApiParameter.QUERY, description="AE-…: its rows alone.")


class LedgerPage(s.Serializer[Any]):
    """Rows, newest first."""

    results = LedgerRow(many=True)
    next = s.URLField(allow_null=True)


class ScreeningLedgerView(ApiView):
    """The own institution's screenings, each with its seal."""

    required_scope = "audit"
    query_parameters = PAGED | {"event"}

    @extend_schema(
        operation_id="log_screenings",
        summary="Your institution's screenings as the log commits to them, newest first",
        parameters=[EVENT, *shapes.PAGE_PARAMETERS],
        responses={200: LedgerPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page. The root in the event is that of its rows' leaves, the oldest row first."""
        caller, event = caller_of(request), request.query_params.get("event")
        return Response(
            newest_first(
                request,
                scope=f"log-screenings:{caller.institution_id}:{event or ''}",
                fetch=lambda before, limit: ledger.list_rows(viewer=caller, event=event, before=before, limit=limit),
                show=lambda row: {"event": row.event, "leaf": row.leaf},
            )
        )
