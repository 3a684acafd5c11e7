"""`/content`: links of public content, reported in clear, and what became of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from aif_share.vocabulary import platforms
from clues.content import queries, reporting, workflow
from members.api.pagination import newest_first
from members.api.repeat import once

from . import content_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_FILTERS = [
    OpenApiParameter("state", OpenApiTypes.STR, enum=content_shapes.STATES, description="Those in this state."),
    OpenApiParameter("platform", OpenApiTypes.STR, description="Those of this platform, a code of `platforms`."),
]


class ContentsView(ApiView):
    """Report links; list what the caller's institution reported."""

    query_parameters = PAGED | {"state", "platform"}

    @property
    def required_scope(self) -> str:
        """Reporting links is submitting."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="content_report",
        summary="Report links of public content, in clear",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=content_shapes.ContentRequest,
        responses={
            201: shapes.answer(content_shapes.ContentOutcome, "What became of each link, in their order."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "empty", "quota-exhausted", "idempotency-key-missing",
                              "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy"),
        },
        examples=[content_shapes.REPORT_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take what is right. Other institutions are not told who reported."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            done = reporting.report(request=body, by=caller, now=timezone.now())
            return 201, {"results": [_outcome(each) for each in done]}

        return once(request, route="content-report", make=make)

    @extend_schema(
        operation_id="contents",
        summary="List the content you reported, newest first",
        parameters=[*_FILTERS, *shapes.PAGE_PARAMETERS],
        responses={
            200: content_shapes.ContentPage,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "field-invalid"),
        },
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        caller = caller_of(request)
        state, platform = _filter(request, "state", workflow.STATES), _filter(request, "platform", platforms.BY_CODE)
        return Response(
            newest_first(
                request,
                scope=f"content:{caller.institution_id}:{state or ''}:{platform or ''}",
                fetch=lambda before, limit: queries.list_content(
                    viewer=caller, state=state, platform=platform, before=before, limit=limit
                ),
                show=_show,
            )
        )


class ContentView(ApiView):
    """One content that the caller's institution reported."""

    required_scope = "read"

    @extend_schema(
        operation_id="content",
        summary="One content you reported",
        responses={200: content_shapes.Content, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, content: str) -> Response:
        """Return it as it stands."""
        return Response(_show(queries.get_content(content=content, viewer=caller_of(request))))


def _filter(request: Request, name: str, known: Any) -> str | None:
    value = request.query_params.get(name)
    if value is not None and value not in known:
        raise Refusal("field-invalid", gettext_noop("The filter has a value that does not exist."), field=name)
    return value


def _outcome(row: reporting.Outcome) -> dict[str, Any]:
    return {"index": row.index, "outcome": row.outcome, "content": row.content, "code": row.code}


def _show(row: queries.ContentView) -> dict[str, Any]:
    return {
        "content": row.content,
        "type": row.type,
        "canonical": row.canonical,
        "link": row.link,
        "platform": row.platform,
        "state": row.state,
        "reason": row.reason,
        "category": row.category,
        "account_shown": row.account_shown,
        "capture_sha256": row.capture_sha256,
        "observed_at": row.observed_at,
        "reported_at": row.reported_at,
        "requested_at": row.requested_at,
        "removed_at": row.removed_at,
        "reappeared_at": row.reappeared_at,
        "band": row.band,
    }
