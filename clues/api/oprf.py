"""`GET /oprf/directory`: the key directory. Evaluation is at the custodians it names, never here."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.blinding.directory import get_directory

from . import shapes
from .base import ApiView


class DirectoryView(ApiView):
    """The signed key directory."""

    required_scope = None

    @extend_schema(
        operation_id="oprf_directory",
        summary="The signed key directory",
        responses={200: shapes.SignedDirectory, **shapes.problems(*shapes.OPEN_READING, "directory-missing")},
    )
    def get(self, request: Request) -> Response:
        """Return the stored document; `signed` is the exact text the signature is over."""
        return Response(get_directory())
