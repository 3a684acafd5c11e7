"""Shapes of webhooks for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from members.operations.webhooks import MAX_ENDPOINTS

Shape = s.Serializer[Any]
STATES = ["enabled", "disabled"]
DELIVERY_STATES = ["pending", "delivered", "dead", "blocked"]
_KINDS = "Kinds of events, as in /events; empty: every kind."
_URL = "https, a public name, port 443. It is looked up at every delivery, never here."


class NewWebhook(Shape):
    """A webhook to register; fields that do not exist are refused."""

    url = s.CharField(max_length=500, help_text=_URL)
    kinds = s.ListField(child=s.CharField(), required=False, help_text=_KINDS)
    description = s.CharField(required=False, max_length=100, allow_blank=True)


class WebhookChange(Shape):
    """What is to change; what is not named stays."""

    url = s.CharField(required=False, max_length=500, help_text=_URL)
    kinds = s.ListField(child=s.CharField(), required=False, help_text=_KINDS)
    description = s.CharField(required=False, max_length=100, allow_blank=True)
    state = s.ChoiceField(STATES, required=False)


class Webhook(Shape):
    """An endpoint of the institution."""

    webhook = s.CharField(help_text="Opaque reference H-…")
    url = s.CharField()
    kinds = s.ListField(child=s.CharField(), help_text=_KINDS)
    description = s.CharField(allow_blank=True)
    state = s.ChoiceField(STATES, help_text="An endpoint that answers 410 Gone is disabled.")
    version = s.IntegerField()
    created_at = s.DateTimeField()
    failures = s.IntegerField(help_text="In a row; from the fifth on the endpoint is paused for a while.")
    paused_until = s.DateTimeField(allow_null=True)
    last_success_at = s.DateTimeField(allow_null=True)
    last_failure_at = s.DateTimeField(allow_null=True)
    old_secret_until = s.DateTimeField(
        allow_null=True, help_text="Until then messages are signed with the former secret as well."
    )


class WebhookWithSecret(Webhook):
    """An endpoint with its new secret."""

    secret = s.CharField(help_text="whsec_… of Standard Webhooks; in this answer and its repetitions only.")


class WebhookPage(Shape):
    """One page."""

    results = Webhook(many=True)
    next = s.URLField(allow_null=True, help_text="Address of the next page; null on the last.")


class Delivery(Shape):
    """One message, its attempts and its end."""

    delivery = s.CharField(help_text="Opaque reference WD-…; the `webhook-id` of every attempt.")
    kind = s.CharField()
    state = s.ChoiceField(
        DELIVERY_STATES,
        help_text="`dead`: given up after 24 hours; `blocked`: its address is not public. Both can be replayed.",
    )
    events = s.ListField(child=s.CharField(), help_text="References E-…, 100 at most; none in a test.")
    created_at = s.DateTimeField()
    attempts = s.IntegerField()
    status = s.IntegerField(allow_null=True, help_text="Of the last answer; of its body nothing is kept.")
    error = s.CharField(
        allow_null=True,
        help_text="Of the last attempt: lookup, connect, tls, timeout, protocol, status, redirect, blocked-address, "
        "blocked-url, not-sent, webhook-deleted, internal.",
    )
    last_attempt_at = s.DateTimeField(allow_null=True)
    next_attempt_at = s.DateTimeField(allow_null=True)
    gives_up_at = s.DateTimeField()
    delivered_at = s.DateTimeField(allow_null=True)


class DeliveryPage(Shape):
    """One page."""

    results = Delivery(many=True)
    next = s.URLField(allow_null=True, help_text="Address of the next page; null on the last.")


class QueuedDelivery(Shape):
    """A message that will be sent."""

    delivery = s.CharField(help_text="Opaque reference WD-…")


class ReplaySince(Shape):
    """From when on."""

    since = s.DateTimeField(help_text="With its zone.")


class QueuedDeliveries(Shape):
    """How many messages will be sent again."""

    webhook = s.CharField(help_text="Opaque reference H-…")
    since = s.DateTimeField()
    deliveries = s.IntegerField()


DELIVERY_STATE = OpenApiParameter(
    "state",
    OpenApiTypes.STR,
    OpenApiParameter.QUERY,
    enum=DELIVERY_STATES,
    description="Only deliveries of this state.",
)
LIMIT_NOTE = f"An institution has {MAX_ENDPOINTS} webhooks at most."
NEW_EXAMPLE = OpenApiExample(
    "Matches only",
    {
        "url": "https://hooks.aster.example/aif",
        "kinds": ["match.released", "match.grew", "match.undone"],
        "description": "case system",
    },
    request_only=True,
)
CHANGE_EXAMPLE = OpenApiExample("Switch it off", {"state": "disabled"}, request_only=True)
