"""`/disputes`: say that something reported is wrong, and answer what others say of one's own clues."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import tasks
from clues.disputes import answers, opening, queries
from members.api.pagination import newest_first
from members.api.repeat import once

from . import dispute_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_WRITING = ("unknown-field", "field-missing", "field-invalid", "idempotency-key-missing", "idempotency-key-invalid",
            "idempotency-conflict", "idempotency-busy")  # fmt: skip


class DisputesView(ApiView):
    """Open a dispute; list those the caller's institution opened."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """By token a dispute asks as a screening does, so it takes the same scope."""
        return "screen" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="dispute_open",
        summary="Open a dispute",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=dispute_shapes.DisputeRequest,
        responses={
            202: shapes.answer(dispute_shapes.OpenedDispute, "What it concerns is suspended within seconds."),
            **shapes.problems(*shapes.FRAMING, *_WRITING, *shapes.TOKEN, "purpose-unknown", "case-ref-invalid",
                              "not-found", "lawful-use-unresolved", "quota-exhausted"),
        },
        examples=[dispute_shapes.DISPUTE_REQUEST_EXAMPLE, dispute_shapes.DISPUTE_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 202. By token it costs one unit of the screening quota, and tells nothing."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            opened = opening.open_dispute(request=body, by=caller, now=timezone.now())
            return 202, {"dispute": str(opened), "state": opened.state, "opened_at": opened.opened_at}

        response = once(request, route="dispute-open", make=make)
        tasks.ring()
        return response

    @extend_schema(
        operation_id="disputes",
        summary="List the disputes you opened, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: dispute_shapes.DisputePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of disputes."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"disputes:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_opened(viewer=caller, before=before, limit=limit),
                show=_show,
            )
        )


class DisputeView(ApiView):
    """One dispute that the caller's institution opened."""

    required_scope = "read"

    @extend_schema(
        operation_id="dispute",
        summary="One dispute you opened",
        responses={200: dispute_shapes.Dispute, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, dispute: str) -> Response:
        """Return the dispute."""
        return Response(_show(queries.get_opened(dispute=dispute, viewer=caller_of(request))))


class ReceivedDisputesView(ApiView):
    """Disputes about the caller's own clues."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="disputes_received",
        summary="List the disputes about your clues, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: dispute_shapes.ReceivedDisputePage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page, a row for each clue under a dispute."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"disputes-received:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_received(viewer=caller, before=before, limit=limit),
                show=_received,
            )
        )


class DisputeAnswerView(ApiView):
    """Answer a dispute about one of the caller's clues."""

    required_scope = "submit"

    @extend_schema(
        operation_id="dispute_answer",
        summary="Stand by a disputed clue, or withdraw it",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=dispute_shapes.DisputeAnswer,
        responses={
            200: dispute_shapes.ReceivedDispute,
            **shapes.problems(*shapes.FRAMING, *_WRITING, "not-found", "transition-refused"),
        },
        examples=[dispute_shapes.ANSWER_EXAMPLE],
    )
    def post(self, request: Request, dispute: str) -> Response:
        """Answer once, in time. A maintained clue stays suspended until the alliance decides."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            answered = answers.answer(dispute=dispute, request=body, by=caller, now=timezone.now())
            return 200, _received(queries.received(answered))

        response = once(request, route="dispute-answer", make=make)
        tasks.ring()
        return response


def _show(row: queries.DisputeView) -> dict[str, Any]:
    return {
        "dispute": row.dispute,
        "state": row.state,
        "opened_at": row.opened_at,
        "match": row.match,
        "type": row.type,
        "reason": row.reason,
        "case_ref": row.case_ref or None,
        "due_at": row.due_at,
        "closed_at": row.closed_at,
    }


def _received(row: queries.ReceivedView) -> dict[str, Any]:
    return {
        "disputed": row.dispute,
        "clue": row.clue,
        "client_ref": row.client_ref,
        "reason": row.reason,
        "state": row.state,
        "due_at": row.due_at,
        "answered_at": row.answered_at,
        "answer_reason": row.answer_reason,
        "decided_at": row.decided_at,
    }
