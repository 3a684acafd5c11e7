"""`GET /schema`: the OpenAPI document of this API, open to anybody. It is the same for all, so it is made once."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer, OpenApiYamlRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.renderers import JSONRenderer

from .base import ApiView


class OpenApiJsonRenderer(JSONRenderer):
    """JSON under the document's own media type."""

    media_type = "application/vnd.oai.openapi+json"


class SchemaView(ApiView):
    """The OpenAPI document, as JSON (default) or YAML."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer)
    content_negotiation_class = DefaultContentNegotiation
    required_scope = None

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Return the document in the form that Accept asks for."""
        return Response(get_schema())


@cache
def get_schema() -> dict[str, Any]:
    """Return the document. Its texts are not translated."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document
