"""`/official-requests`: what authorities ask of the caller's institution, its reply, and what of its own was disclosed.

The document itself is opened by people, in the portal, with a reason.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues import tasks
from clues.official_requests import queries, replying
from clues.official_requests.queries import OfficialView
from members.api.pagination import newest_first
from members.api.repeat import once

from . import official_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_WRITING = ("unknown-field", "field-missing", "field-invalid", "raw-identifier", "idempotency-key-missing",
            "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")  # fmt: skip


class OfficialRequestsView(ApiView):
    """What went to the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="official_requests",
        summary="List what authorities ask of you, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: official_shapes.OfficialRequestPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"official:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_official_requests(viewer=caller, before=before, limit=limit),
                show=_show,
            )
        )


class OfficialRequestView(ApiView):
    """One of them."""

    required_scope = "read"

    @extend_schema(
        operation_id="official_request",
        summary="One official request with your steps and what of yours was disclosed",
        responses={200: official_shapes.OfficialRequest, **shapes.problems(*shapes.READING, "not-found")},
        examples=[official_shapes.EXAMPLE],
    )
    def get(self, request: Request, official: str) -> Response:
        """Return it."""
        return Response(_show(queries.get_official_request(request=official, viewer=caller_of(request))))


class OfficialReplyView(ApiView):
    """The institution's reply."""

    required_scope = "screen"

    @extend_schema(
        operation_id="official_request_reply",
        summary="Reply to an official request",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=official_shapes.OfficialReply,
        responses={
            200: official_shapes.OfficialRequest,
            **shapes.problems(*shapes.FRAMING, *_WRITING, "not-found", "permission-missing", "transition-refused"),
        },
    )
    def post(self, request: Request, official: str) -> Response:
        """Confirm that you hold something, say what you supplied, or decline with a reason."""
        body, caller = read_json_object(request._request), caller_of(request)
        action = body.pop("reply", None)

        def make() -> tuple[int, dict[str, Any]]:
            if not isinstance(action, str) or action not in replying.FIELDS:
                queries.get_official_request(request=official, viewer=caller)  # a stranger learns of no field
                raise Refusal("field-invalid", field="reply")
            replying.reply(request=official, action=action, body=body, by=caller, now=timezone.now())
            return 200, _show(queries.get_official_request(request=official, viewer=caller))

        response = once(request, route="official-reply", make=make)
        tasks.ring()
        return response


def _show(row: OfficialView) -> dict[str, Any]:
    return {
        "official_request": row.request,
        "kind": row.kind,
        "authority": row.authority,
        "unit": row.unit,
        "document_no": row.document_no,
        "document_date": row.document_date.isoformat(),
        "basis": row.basis,
        "items": list(row.items),
        "question": row.question,
        "from_date": None if row.from_date is None else row.from_date.isoformat(),
        "until_date": None if row.until_date is None else row.until_date.isoformat(),
        "case": row.case,
        "state": row.state,
        "own_state": row.own_state,
        "due_at": row.due_at,
        "late": row.is_late,
        "released_at": row.released_at,
        "actions": list(row.actions),
        "steps": [
            {"at": step.at, "action": step.action, "own": step.is_own, "code": step.code or None,
             "text": step.text or None}
            for step in row.steps
        ],
        "disclosures": [
            {"item": each.item, "number": each.number, "package": each.package or None,
             "package_sha256": each.package_sha256 or None, "disclosed_at": each.disclosed_at}
            for each in row.disclosures
        ],
    }  # fmt: skip
