"""`GET /exports/…`: own clues, matches and content as one file, CSV or STIX 2.1, written while it is sent."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from clues.exports import making
from clues.exports.registry import formats
from members.api.renderers import JSONRenderer

from . import shapes
from .base import ApiView, caller_of
from .downloads import FormNegotiation

_SPAN = ("since", "until")
_RENDERERS = tuple(
    type(f"{each.code.title()}Renderer", (JSONRenderer,), {"media_type": each.media_type, "format": each.code})
    for each in formats().values()
)
_FORMS = {each.media_type: code for code, each in formats().items()} | {JSONRenderer.media_type: "stix"}
_ABOUT = {
    "since": "From this day (YYYY-MM-DD, in Shanghai) on: clues by when they were received, matches by when they were "
    "released, content by when it was reported.",
    "until": "Up to this day, which is included.",
}


class ExportView(ApiView):
    """A file of what the caller's institution may see."""

    required_scope = "read"
    query_parameters = frozenset(_SPAN)
    content_negotiation_class = FormNegotiation
    renderer_classes = (*_RENDERERS, JSONRenderer)

    @extend_schema(
        operation_id="export",
        summary="Export your clues, matches or content as one file",
        parameters=[
            OpenApiParameter("what", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(making.SUBJECTS)),
            *(OpenApiParameter(name, OpenApiTypes.DATE, description=_ABOUT[name]) for name in _SPAN),
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "A header and a line for each row, oldest first."),
            (200, "application/stix+json"): OpenApiResponse(
                OpenApiTypes.OBJECT, "A bundle of STIX 2.1; `Accept: application/json` gives it too."
            ),
            **shapes.problems(*shapes.READING, "not-found", "field-invalid", "too-large", "unknown-field"),
        },
    )
    def get(self, request: Request, what: str) -> HttpResponseBase:
        """Return the file. Every export is on the audit trail; none holds a token or what others reported."""
        values: dict[str, Any] = {name: request.query_params[name] for name in _SPAN if name in request.query_params}
        made = making.make(
            what=what,
            form=_FORMS[request.accepted_renderer.media_type],
            by=caller_of(request),
            now=timezone.now(),
            span=making.read_span(values),
        )
        response = StreamingHttpResponse(made.pieces, content_type=made.content_type)
        response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
        return response
