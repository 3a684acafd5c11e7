"""`/requests`: ask other institutions, provide, alert, refer a complaint; and answer what others send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import tasks
from clues.requests import addressing, queries, sending, steps, workflow
from clues.requests.shown import Partner
from clues.requests.shown import RequestView as Shown
from members.api.pagination import newest_first
from members.api.repeat import once

from . import request_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_WRITING = ("unknown-field", "field-missing", "field-invalid", "raw-identifier", "idempotency-key-missing",
            "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")  # fmt: skip


class RequestsView(ApiView):
    """Send a request; list those the caller's institution sent."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Asking institutions is asking, as a screening is."""
        return "screen" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="request_send",
        summary="Send a request to other institutions",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=request_shapes.RequestToSend,
        responses={
            201: shapes.answer(request_shapes.MemberRequest, "Its receivers see it from the next tick on."),
            **shapes.problems(*shapes.FRAMING, *_WRITING, *shapes.TOKEN, "not-found", "purpose-unknown",
                              "basis-invalid", "case-ref-invalid", "lawful-use-unresolved", "transition-refused"),
        },
        examples=[request_shapes.REFERRAL_EXAMPLE, request_shapes.ASKING_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer 201 with the request as its sender sees it."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            sent = sending.send(request=body, by=caller, now=timezone.now())
            return 201, _show(queries.get_request(request=sent.ref, viewer=caller))

        response = once(request, route="request-send", make=make)
        tasks.ring()
        return response

    @extend_schema(
        operation_id="requests",
        summary="List the requests you sent, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: request_shapes.RequestPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of requests."""
        return _page(request, "requests", queries.list_sent)


class ReceivedRequestsView(ApiView):
    """Requests that the caller's institution received."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="requests_received",
        summary="List the requests you received, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: request_shapes.RequestPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of requests."""
        return _page(request, "requests-received", queries.list_received)


class AddresseesView(ApiView):
    """The institutions that can be addressed by name."""

    required_scope = "read"

    @extend_schema(
        operation_id="request_addressees",
        summary="List the institutions you can send to by name",
        responses={200: request_shapes.Addressees, **shapes.problems(*shapes.READING)},
    )
    def get(self, request: Request) -> Response:
        """Return all live ones but your own, with the kinds that may go to each."""
        found = addressing.list_addressees(viewer=caller_of(request))
        return Response(
            {
                "addressees": [
                    {"institution": row.institution, "name": row.name, "sector": row.sector, "kinds": list(row.kinds)}
                    for row in found
                ]
            }
        )


class RequestView(ApiView):
    """One request that the caller's institution sent or received."""

    required_scope = "read"

    @extend_schema(
        operation_id="request",
        summary="One request you sent or received",
        responses={200: request_shapes.MemberRequest, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, request_ref: str) -> Response:
        """Return it with its steps."""
        return Response(_show(queries.get_request(request=request_ref, viewer=caller_of(request))))


class _StepView(ApiView):
    """One step of a request; each address names its action."""

    required_scope = "screen"
    action: str

    def _step(self, request: Request, request_ref: str) -> Response:
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            steps.act(request=request_ref, action=self.action, body=body, by=caller, now=timezone.now())
            return 200, _show(queries.get_request(request=request_ref, viewer=caller))

        response = once(request, route=f"request-{self.action}", make=make)
        tasks.ring()
        return response


def _schema(action: str, summary: str, body: Any, *more: str) -> Callable[..., Any]:
    return extend_schema(
        operation_id=f"request_{action.replace('-', '_')}",
        summary=summary,
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=body,
        responses={
            200: request_shapes.MemberRequest,
            **shapes.problems(*shapes.FRAMING, *_WRITING, "not-found", "transition-refused", *more),
        },
    )


class RequestTakeUpView(_StepView):
    """Say that somebody is at it."""

    action = workflow.TAKE_UP

    @_schema(workflow.TAKE_UP, "Take up a request you received", request_shapes.Nothing)
    def post(self, request: Request, request_ref: str) -> Response:
        """Take it up. An alert is settled by it."""
        return self._step(request, request_ref)


class RequestAnswerView(_StepView):
    """Answer."""

    action = workflow.ANSWER

    @_schema(workflow.ANSWER, "Answer a request you received", request_shapes.RequestAnswer, "basis-invalid")
    def post(self, request: Request, request_ref: str) -> Response:
        """Answer once, by a code of `request-answers`."""
        return self._step(request, request_ref)


class RequestDeclineView(_StepView):
    """Decline."""

    action = workflow.DECLINE

    @_schema(workflow.DECLINE, "Decline a request you received", request_shapes.RequestDecline)
    def post(self, request: Request, request_ref: str) -> Response:
        """Decline it, with a reason."""
        return self._step(request, request_ref)


class RequestWithdrawView(_StepView):
    """Withdraw."""

    action = workflow.WITHDRAW

    @_schema(workflow.WITHDRAW, "Withdraw a request you sent", request_shapes.Nothing)
    def post(self, request: Request, request_ref: str) -> Response:
        """Withdraw it wherever it is open."""
        return self._step(request, request_ref)


class RequestCloseView(_StepView):
    """Close."""

    action = workflow.CLOSE

    @_schema(workflow.CLOSE, "Close a request you sent", request_shapes.Nothing)
    def post(self, request: Request, request_ref: str) -> Response:
        """Close it where it is answered."""
        return self._step(request, request_ref)


def _page(request: Request, scope: str, read: Callable[..., list[Shown]]) -> Response:
    caller = caller_of(request)
    return Response(
        newest_first(
            request,
            scope=f"{scope}:{caller.institution_id}",
            fetch=lambda before, limit: read(viewer=caller, before=before, limit=limit),
            show=_show,
        )
    )


def _show(row: Shown) -> dict[str, Any]:
    complaint = row.complaint
    return {
        "request": row.request,
        "side": row.side,
        "kind": row.kind,
        "clock": row.clock or None,
        "via": row.via,
        "state": row.state,
        "released_at": row.released_at,
        "due_at": row.due_at,
        "escalated_at": row.escalated_at,
        "partner": _named(row.partner),
        "party": None if row.party is None else row.party.party,
        "case": row.case,
        "match": row.match,
        "previous": row.previous,
        "purpose": row.purpose or None,
        "basis": row.basis,
        "complaint": None
        if complaint is None
        else {
            "category": complaint.category,
            "reference": complaint.reference,
            "received_on": complaint.received_on.isoformat(),
            "consumer_contacted": complaint.consumer_contacted,
            "handling": complaint.handling,
        },
        "identifiers": [
            {
                "type": each.type,
                "mine": [{"client_ref": own.client_ref, "identifier": own.identifier} for own in each.mine],
            }
            for each in row.identifiers
        ],
        "steps": [
            {
                "at": step.at,
                "action": step.action,
                "side": step.side,
                "partner": _named(step.partner),
                "party": None if step.party is None else step.party.party,
                "other": step.other,
                "code": step.code or None,
                "basis": step.basis or None,
                "text": step.text or None,
            }
            for step in row.steps
        ],
        "actions": sorted(row.actions),
    }


def _named(partner: Partner | None) -> dict[str, str] | None:
    return None if partner is None else {"institution": partner.institution, "name": partner.name}
