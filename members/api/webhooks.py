"""`/webhooks`: where an institution is nudged when its feed has something new, and every nudge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.api import webhook_shapes as shapes
from members.api.base import PAGED, ApiView, caller_of
from members.api.body import read_json_object
from members.api.pagination import newest_first
from members.api.problem_shapes import FRAMING, PAGING, READING, answer, problems
from members.api.query_shapes import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, PAGE_PARAMETERS
from members.api.repeat import once
from members.api.versions import expected_version, tagged
from members.delivery import endpoints
from members.operations import webhooks

REPEATING = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
EDITING = ("precondition-required", "version-changed", "not-found")
ACTING = (*READING, "malformed", *REPEATING, "not-found", "transition-refused")


class WebhooksView(ApiView):
    """All webhooks of the caller's institution."""

    required_scope = "keys"
    query_parameters = PAGED

    @extend_schema(
        operation_id="webhook_create",
        summary="Register a webhook",
        description=shapes.LIMIT_NOTE,
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.NewWebhook,
        responses={
            201: answer(shapes.WebhookWithSecret, "Registered. Keep the secret: no other answer shows it."),
            **problems(*FRAMING, "field-missing", "field-invalid", "webhook-url-refused", "webhook-limit", *REPEATING),
        },
        examples=[shapes.NEW_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Register an address, which is checked in form and not called."""
        fields = read_json_object(request._request)
        return once(
            request,
            route="webhook-create",
            make=lambda: (
                201,
                _show_secret(webhooks.create(fields=fields, by=caller_of(request), now=timezone.now())),
            ),
        )

    @extend_schema(
        operation_id="webhooks",
        summary="List webhooks, newest first",
        parameters=PAGE_PARAMETERS,
        responses={200: shapes.WebhookPage, **problems(*READING, *PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of webhooks."""
        caller = caller_of(request)
        return Response(
            newest_first(
                request,
                scope=f"webhooks:{caller.institution_id}",
                fetch=lambda before, limit: endpoints.list_endpoints(viewer=caller, before=before, limit=limit),
                show=_show,
            )
        )


class WebhookView(ApiView):
    """One webhook."""

    required_scope = "keys"

    @extend_schema(
        operation_id="webhook",
        summary="One webhook",
        parameters=[IF_NONE_MATCH],
        responses={200: shapes.Webhook, 304: None, **problems(*READING, "not-found")},
    )
    def get(self, request: Request, webhook: str) -> Response:
        """Return the webhook with its ETag."""
        found = endpoints.get_endpoint(webhook=webhook, viewer=caller_of(request))
        return tagged(request, _show(found), found.version)

    @extend_schema(
        operation_id="webhook_change",
        summary="Change a webhook",
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        request=shapes.WebhookChange,
        responses={
            200: shapes.Webhook,
            **problems(*FRAMING, "field-invalid", "webhook-url-refused", *EDITING, *REPEATING),
        },
        examples=[shapes.CHANGE_EXAMPLE],
    )
    def patch(self, request: Request, webhook: str) -> Response:
        """Change what is named and nothing else. Another address, or another state, ends a pause."""
        changes, version = read_json_object(request._request), expected_version(request)
        return once(
            request,
            route="webhook-change",
            make=lambda: (
                200,
                _show(
                    webhooks.change(
                        webhook=webhook, changes=changes, version=version, by=caller_of(request), now=timezone.now()
                    )
                ),
            ),
        )

    @extend_schema(
        operation_id="webhook_delete",
        summary="Delete a webhook",
        parameters=[IDEMPOTENCY_KEY, IF_MATCH],
        request=None,
        responses={
            204: answer(None, "Deleted; what waited for it is given up."),
            **problems(*READING, "malformed", *EDITING, *REPEATING),
        },
    )
    def delete(self, request: Request, webhook: str) -> Response:
        """Delete it for good."""
        version = expected_version(request)

        def make() -> tuple[int, None]:
            webhooks.delete(webhook=webhook, version=version, by=caller_of(request), now=timezone.now())
            return 204, None

        return once(request, route="webhook-delete", make=make)


class WebhookTestView(ApiView):
    """Try a webhook."""

    required_scope = "keys"

    @extend_schema(
        operation_id="webhook_test",
        summary="Send a test message",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={
            202: answer(shapes.QueuedDelivery, "Kind `webhook.test`, no events, to this webhook alone."),
            **problems(*ACTING),
        },
    )
    def post(self, request: Request, webhook: str) -> Response:
        """Queue a test; its outcome stands among the deliveries."""
        return once(
            request,
            route="webhook-test",
            make=lambda: (
                202,
                {"delivery": webhooks.test(webhook=webhook, by=caller_of(request), now=timezone.now())},
            ),
        )


class RotateSecretView(ApiView):
    """Change the secret of a webhook."""

    required_scope = "keys"

    @extend_schema(
        operation_id="webhook_rotate_secret",
        summary="Change the secret",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={
            200: answer(shapes.WebhookWithSecret, "For 24 hours messages carry a signature of each secret."),
            **problems(*READING, "malformed", *REPEATING, "not-found"),
        },
    )
    def post(self, request: Request, webhook: str) -> Response:
        """Make a new secret."""
        return once(
            request,
            route="webhook-rotate",
            make=lambda: (
                200,
                _show_secret(webhooks.rotate_secret(webhook=webhook, by=caller_of(request), now=timezone.now())),
            ),
        )


class DeliveriesView(ApiView):
    """What was or will be sent to a webhook."""

    required_scope = "keys"
    query_parameters = PAGED | {"state"}

    @extend_schema(
        operation_id="webhook_deliveries",
        summary="List deliveries, newest first",
        parameters=[*PAGE_PARAMETERS, shapes.DELIVERY_STATE],
        responses={200: shapes.DeliveryPage, **problems(*READING, *PAGING, "not-found")},
    )
    def get(self, request: Request, webhook: str) -> Response:
        """Return one page of deliveries."""
        caller, state = caller_of(request), request.query_params.get("state")
        return Response(
            newest_first(
                request,
                scope=f"deliveries:{caller.institution_id}:{webhook}:{state or ''}",
                fetch=lambda before, limit: endpoints.list_deliveries(
                    webhook=webhook, viewer=caller, state=state, before=before, limit=limit
                ),
                show=_show,
            )
        )


class DeliveryReplayView(ApiView):
    """Send one message again."""

    required_scope = "keys"

    @extend_schema(
        operation_id="webhook_delivery_replay",
        summary="Send one message again",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: answer(shapes.QueuedDelivery, "Under the same webhook-id."), **problems(*ACTING)},
    )
    def post(self, request: Request, webhook: str, delivery: str) -> Response:
        """Queue the message anew, for another 24 hours."""

        def make() -> tuple[int, Mapping[str, Any]]:
            again = webhooks.replay(webhook=webhook, delivery=delivery, by=caller_of(request), now=timezone.now())
            return 202, {"delivery": again}

        return once(request, route="webhook-delivery-replay", make=make)


class ReplayView(ApiView):
    """Send everything since a moment again."""

    required_scope = "keys"

    @extend_schema(
        operation_id="webhook_replay",
        summary="Send again what was made since a moment",
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.ReplaySince,
        responses={
            202: answer(shapes.QueuedDeliveries, "Each under its own webhook-id. What waits anyway is not counted."),
            **problems(*FRAMING, "field-missing", "field-invalid", *REPEATING, "not-found", "transition-refused"),
        },
    )
    def post(self, request: Request, webhook: str) -> Response:
        """Queue the messages anew, for another 24 hours."""
        fields = read_json_object(request._request)

        def make() -> tuple[int, Mapping[str, Any]]:
            number = webhooks.replay_since(webhook=webhook, fields=fields, by=caller_of(request), now=timezone.now())
            return 202, {"webhook": webhook, "since": fields["since"], "deliveries": number}

        return once(request, route="webhook-replay", make=make)


def _show(row: endpoints.EndpointView | endpoints.DeliveryView) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "id"}


def _show_secret(made: webhooks.WithSecret) -> dict[str, Any]:
    return {**_show(made.endpoint), "secret": made.secret}
