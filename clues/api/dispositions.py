"""`/dispositions`: what the caller's institution did, and its answer when the ground of a measure has fallen."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues.dispositions import acting, queries, recording, workflow
from members.api.pagination import newest_first
from members.api.repeat import once
from members.api.versions import expected_version, tagged

from . import disposition_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH, IF_NONE_MATCH

_WRITING = ("unknown-field", "field-missing", "field-invalid", "idempotency-key-missing", "idempotency-key-invalid",
            "idempotency-conflict", "idempotency-busy")  # fmt: skip
_FILTERS = [
    OpenApiParameter("state", OpenApiTypes.STR, enum=disposition_shapes.STATES, description="Those in this state."),
    OpenApiParameter(
        "show", OpenApiTypes.STR, enum=list(queries.SHOWS), description="What has to be lifted, or is due for review."
    ),
]


class DispositionsView(ApiView):
    """Record a disposition; list those of the caller's institution."""

    query_parameters = PAGED | {"state", "show"}

    @property
    def required_scope(self) -> str:
        """Recording says something of a clue or match, as submitting and feedback do."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="disposition_record",
        summary="Record what you did",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=disposition_shapes.DispositionRequest,
        responses={
            201: shapes.answer(disposition_shapes.Disposition, "Recorded. Nobody else is told."),
            **shapes.problems(*shapes.FRAMING, *_WRITING, "sector-refused", "document-missing", "amount-invalid",
                              "raw-identifier", "conflict", "transition-refused", "not-found"),
        },
        examples=[disposition_shapes.RECORD_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 201 with the disposition."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            made = recording.record(request=body, by=caller, now=timezone.now())
            return 201, _show(queries.view(made))

        return once(request, route="disposition-record", make=make)

    @extend_schema(
        operation_id="dispositions",
        summary="List your dispositions, newest first",
        parameters=[*_FILTERS, *shapes.PAGE_PARAMETERS],
        responses={
            200: disposition_shapes.DispositionPage,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "field-invalid"),
        },
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        caller, now = caller_of(request), timezone.now()
        state, show = (
            _filter(request, "state", workflow.STATES),
            _filter(request, "show", queries.SHOWS),
        )
        return Response(
            newest_first(
                request,
                scope=f"dispositions:{caller.institution_id}:{state or ''}:{show or ''}",
                fetch=lambda before, limit: queries.list_dispositions(
                    viewer=caller, now=now, state=state, show=show, before=before, limit=limit
                ),
                show=_show,
            )
        )


class DispositionView(ApiView):
    """One disposition of the caller's institution."""

    required_scope = "read"

    @extend_schema(
        operation_id="disposition",
        summary="One disposition of yours",
        parameters=[IF_NONE_MATCH],
        responses={200: disposition_shapes.Disposition, 304: None, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, disposition: str) -> Response:
        """Return it with its version as ETag."""
        found = queries.get_disposition(disposition=disposition, viewer=caller_of(request))
        return tagged(request, _show(found), found.version)


class DispositionActView(ApiView):
    """Move a disposition along its table."""

    required_scope = "submit"

    @extend_schema(
        operation_id="disposition_act",
        summary="Take a step with a disposition of yours",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=disposition_shapes.DispositionAct,
        responses={
            200: disposition_shapes.Disposition,
            **shapes.problems(*shapes.FRAMING, "unknown-field", *disposition_shapes.EDITING),
        },
        examples=[disposition_shapes.ACT_EXAMPLE],
    )
    def post(self, request: Request, disposition: str) -> Response:
        """Take the step from the version that If-Match names."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            moved = acting.act(disposition=disposition, request=body, version=version, by=caller, now=timezone.now())
            return 200, _show(queries.view(moved))

        return once(request, route="disposition-act", make=make)


class LiftAnswerView(ApiView):
    """Answer that the ground of a measure has fallen."""

    required_scope = "submit"

    @extend_schema(
        operation_id="disposition_lift_answer",
        summary="Say that you lifted a measure, or on which ground you keep it",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=disposition_shapes.LiftAnswer,
        responses={
            200: disposition_shapes.Disposition,
            **shapes.problems(*shapes.FRAMING, *_WRITING, "raw-identifier", "transition-refused", "not-found"),
        },
        examples=[disposition_shapes.ANSWER_EXAMPLE],
    )
    def post(self, request: Request, disposition: str) -> Response:
        """Answer once a fall."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            answered = acting.answer(disposition=disposition, request=body, by=caller, now=timezone.now())
            return 200, _show(queries.view(answered))

        return once(request, route="disposition-lift", make=make)


def _filter(request: Request, name: str, known: Any) -> str | None:
    value = request.query_params.get(name)
    if value is not None and value not in known:
        raise Refusal("field-invalid", gettext_noop("The filter has a value that does not exist."), field=name)
    return value


def _show(row: queries.DispositionView) -> dict[str, Any]:
    lift = row.lift
    return {
        "disposition": row.disposition,
        "version": row.version,
        "kind": row.kind,
        "state": row.state,
        "match": row.match,
        "client_ref": row.client_ref,
        "identifier": row.identifier,
        "case": row.case,
        "type": row.type,
        "category": row.category,
        "document_no": row.document_no or None,
        "started_at": row.started_at,
        "done_at": row.done_at,
        "seconds_to_disposal": row.seconds_to_disposal,
        "review_date": None if row.review_date is None else row.review_date.isoformat(),
        "reappearances": row.reappearances,
        "effects": {
            "self_reported": True,
            "calls_flagged": row.calls_flagged,
            "persons_warned": row.persons_warned,
            "amount_prevented_cny": None if row.amount_prevented_cny is None else f"{row.amount_prevented_cny:.2f}",
        },
        "recorded_at": row.recorded_at,
        "lift": lift
        and {
            "cause": lift.cause,
            "raised_at": lift.raised_at,
            "due_at": lift.due_at,
            "answer": lift.answer,
            "reason": lift.reason,
            "answered_at": lift.answered_at,
            "ended_at": lift.ended_at,
        },
    }
