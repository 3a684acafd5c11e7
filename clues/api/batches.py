"""`/batches`: submit clues, follow a batch, read the outcome of each row."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, cast

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues import tasks
from clues.submissions import holds, queries, receive, results
from members.api.pagination import get_page_size, get_position, newest_first, page
from members.api.renderers import JSONRenderer
from members.row_security import clock

from . import hold_shapes, line_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_bytes
from .downloads import CONTENT_TYPES, WRITERS, CsvRenderer, FormNegotiation, NdjsonRenderer
from .upload import a_place, blocks_of


class BatchesView(ApiView):
    """Submit a batch; list the batches of the caller's institution."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Submitting is a right of its own."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="batch_submit",
        summary="Submit a batch of clues",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request={
            "application/json": shapes.BatchSubmission,
            receive.NDJSON: line_shapes.NDJSON_CLUES,
            receive.CSV: line_shapes.CSV_CLUES,
        },
        responses={
            202: shapes.answer(shapes.Receipt, "Stored. Matching follows; `results` tells of each row."),
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-missing", "empty", "idempotency-key-missing",
                              "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy", "quota-exhausted",
                              "queue-full", "unavailable"),
        },
        examples=[shapes.BATCH_REQUEST_EXAMPLE, shapes.RECEIPT_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 202 once the batch is stored; the same key with the same body gives the same answer again."""
        form = request._request.content_type or ""
        if form not in (JSONRenderer.media_type, *receive.FORMS):
            raise Refusal("media-type", gettext_noop("Send application/json, application/x-ndjson or text/csv."))
        taken = _take_lines(request, form) if form in receive.FORMS else _take_document(request)
        tasks.ring()
        address = request.build_absolute_uri(f"{request.path}/{taken.batch}")
        answer = {
            "batch": taken.batch,
            "state": taken.state,
            "clues": taken.clues,
            "rows_refused": taken.rows_refused,
            "receipt": {
                "digest": taken.digest,
                "received_at": taken.received_at,
                **(asdict(taken.receipt) if taken.receipt else {}),
            },
            "links": {"self": address, "results": f"{address}/results"},
        }
        return Response(answer, status=202, headers={"Idempotency-Replayed": "true"} if taken.replayed else None)

    @extend_schema(
        operation_id="batches",
        summary="List batches, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: shapes.BatchPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of batches."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"batches:{caller.institution_id}",
                fetch=lambda before, limit: queries.list_batches(viewer=caller, before=before, limit=limit),
                show=lambda row: {**_show(row), "received_at": row.received_at},
            )
        )


class BatchView(ApiView):
    """One batch."""

    required_scope = "read"

    @extend_schema(
        operation_id="batch",
        summary="State and counts of a batch",
        responses={200: shapes.Batch, **shapes.problems(*shapes.READING, "not-found")},
        examples=[shapes.BATCH_EXAMPLE],
    )
    def get(self, request: Request, batch: str) -> Response:
        """Return the batch. `matched` counts once the batch is `released`."""
        return Response(_show(queries.get_batch(batch=batch, viewer=caller_of(request))))


class BatchHoldView(ApiView):
    """Why a batch is, or was, held."""

    required_scope = "read"

    @extend_schema(
        operation_id="batch_hold",
        summary="Why a batch is held, and what was decided",
        responses={200: hold_shapes.BatchHold, **shapes.problems(*shapes.READING, "not-found")},
        examples=[hold_shapes.BATCH_HOLD_EXAMPLE],
    )
    def get(self, request: Request, batch: str) -> Response:
        """Return the last hold of the batch; 404 for one that was never held."""
        hold = holds.get_hold(batch=batch, viewer=caller_of(request))
        if hold is None:
            raise queries.BatchNotFound
        return Response({**asdict(hold), "decision": hold.decision or None, "reason": hold.reason or None})


class BatchResultsView(ApiView):
    """The outcome of each row of a batch."""

    required_scope = "read"
    query_parameters = PAGED
    content_negotiation_class = FormNegotiation
    renderer_classes = (JSONRenderer, NdjsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="batch_results",
        summary="Outcome of each row",
        parameters=shapes.PAGE_PARAMETERS,
        responses={
            (200, "application/json"): shapes.RowPage,
            (200, receive.NDJSON): line_shapes.NDJSON_ROWS,
            (200, receive.CSV): line_shapes.CSV_ROWS,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "not-found", "batch-unfinished"),
        },
        examples=[shapes.ROW_EXAMPLE],
    )
    def get(self, request: Request, batch: str) -> HttpResponseBase:
        """Return one page of rows in their order, up to the first that is not matched yet.

        With `Accept: application/x-ndjson` or `text/csv` all rows of a finished batch come in one answer.
        """
        caller = caller_of(request)
        form = request.accepted_renderer.media_type
        if form in WRITERS:
            if request.query_params:
                raise Refusal(
                    "unknown-field", gettext_noop("All rows come at once: there are no pages here."), known=[]
                )
            chunks = results.open_results(batch=batch, viewer=caller)
            return StreamingHttpResponse(WRITERS[form](chunks), content_type=CONTENT_TYPES[form])
        size = get_page_size(request)
        scope = f"results:{caller.institution_id}:{batch}"
        position = get_position(request, scope=scope)
        rows, _more = results.list_results(
            batch=batch, viewer=caller, after=position[0] if position else -1, limit=size + 1
        )
        return Response(
            page(
                request,
                rows,
                size=size,
                scope=scope,
                position_of=lambda row: [row.row],
                show=lambda row: {
                    "row": row.row,
                    "client_ref": row.client_ref,
                    "outcome": row.outcome,
                    "code": row.code,
                },
            )
        )


def _confirm(request: Request) -> None:
    """Ask once more, at the end of a long upload, whether the key, or the person of a page, is still let in."""
    cast(BaseAuthentication, request.successful_authenticator).authenticate(request)


def _take_document(request: Request) -> receive.Received:
    return receive.receive(
        body=read_json_bytes(request._request),
        idempotency_key=request.META.get("HTTP_IDEMPOTENCY_KEY", ""),
        by=caller_of(request),
        now=clock.now(),  # by which the age of what waits is reckoned
        confirm=lambda: _confirm(request),
    )


def _take_lines(request: Request, form: str) -> receive.Received:
    with a_place(caller_of(request).institution_id):
        return receive.receive_stream(
            blocks=blocks_of(request._request),
            form=form,
            idempotency_key=request.META.get("HTTP_IDEMPOTENCY_KEY", ""),
            by=caller_of(request),
            clock=clock.now,
            confirm=lambda: _confirm(request),
        )


def _show(batch: queries.BatchView) -> dict[str, Any]:
    return {
        "batch": batch.batch,
        "state": batch.state,
        "clues": batch.clues,
        "accepted": batch.accepted,
        "duplicates": batch.duplicates,
        "refused": batch.refused,
        "quarantined": batch.quarantined,
        "matched": batch.matched,
        "released": batch.released,
    }
