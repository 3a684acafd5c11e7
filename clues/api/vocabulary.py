"""`GET /vocabulary`: every list of codes with its labels, and the identifier types."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share import vocabulary
from aif_share.identifiers import types

from . import shapes
from .base import ApiView


class VocabularyView(ApiView):
    """All lists of codes."""

    required_scope = None

    @extend_schema(
        operation_id="vocabulary",
        summary="Lists of codes with labels",
        responses={200: shapes.Vocabulary, **shapes.problems(*shapes.OPEN_READING)},
    )
    def get(self, request: Request) -> Response:
        """Return the lists by name, the types among them as `identifier-types`."""
        return Response(_lists())


@cache
def _lists() -> dict[str, list[dict[str, Any]]]:
    lists = {name: [term.as_row() for term in terms] for name, terms in vocabulary.lists().items()}
    lists["identifier-types"] = [
        {
            "code": kind.code,
            "zh": kind.zh,
            "en": kind.en,
            "form": kind.form,
            "personal": kind.personal,
            "version": kind.version,
            "link": kind.link,
        }
        for kind in types().values()
    ]
    return lists
