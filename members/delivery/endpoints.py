"""Reads: the webhooks of an institution, and what was or will be sent to each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Now

from aif_share.errors import Refusal
from members.models import DeliveryState, WebhookDelivery, WebhookEndpoint, reference
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint as its institution sees it; its secret is not part of it."""

    id: int
    webhook: str
    url: str
    kinds: list[str]
    description: str
    state: str
    version: int
    created_at: datetime
    failures: int
    paused_until: datetime | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    old_secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message: which events, how often tried, how it ended or when it is tried next."""

    id: int
    delivery: str
    kind: str
    state: str
    events: list[str]
    created_at: datetime
    attempts: int
    status: int | None
    error: str | None
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    gives_up_at: datetime
    delivered_at: datetime | None


def list_endpoints(*, viewer: Viewer, before: int | None, limit: int) -> list[EndpointView]:
    """Return endpoints, newest first."""
    rows = _own(viewer)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [show_endpoint(row) for row in rows.order_by("-id")[:limit]]


def get_endpoint(*, webhook: str, viewer: Viewer) -> EndpointView:
    """Return one endpoint; Refusal `not-found` for strangers and for one that was deleted."""
    return show_endpoint(find_endpoint(webhook=webhook, viewer=viewer))


def find_endpoint(*, webhook: str, viewer: Viewer, lock: bool = False) -> WebhookEndpoint:
    """Return the row of an endpoint, locked if asked; Refusal `not-found`."""
    rows = _own(viewer)
    row = (rows.select_for_update() if lock else rows).filter(pk=reference.decode("H", webhook) or 0).first()
    if row is None:
        raise Refusal("not-found")
    return row


def list_deliveries(
    *, webhook: str, viewer: Viewer, state: str | None, before: int | None, limit: int
) -> list[DeliveryView]:
    """Return what was or is to be sent to an endpoint, newest first; nothing of a tick that is still to come."""
    if state is not None and state not in set(DeliveryState):
        raise Refusal("field-invalid", field="state")
    endpoint = find_endpoint(webhook=webhook, viewer=viewer)
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, created_at__lte=Now())
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [show_delivery(row) for row in rows.order_by("-id")[:limit]]


def find_delivery(*, webhook: str, delivery: str, viewer: Viewer) -> DeliveryView:
    """Return one message of an endpoint; Refusal `not-found` for one of another endpoint."""
    endpoint = find_endpoint(webhook=webhook, viewer=viewer)
    row = WebhookDelivery.objects.filter(
        endpoint=endpoint, created_at__lte=Now(), pk=reference.decode("WD", delivery) or 0
    ).first()
    if row is None:
        raise Refusal("not-found")
    return show_delivery(row)


def show_endpoint(row: WebhookEndpoint) -> EndpointView:
    """Return an endpoint as its institution sees it."""
    return EndpointView(
        id=row.pk,
        webhook=reference.encode("H", row.pk),
        url=row.url,
        kinds=row.kinds,
        description=row.description,
        state=row.state,
        version=row.version,
        created_at=row.created_at,
        failures=row.failures,
        paused_until=row.open_until,
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        old_secret_until=row.old_secret_until,
    )


def show_delivery(row: WebhookDelivery) -> DeliveryView:
    """Return a delivery as the institution of its endpoint sees it."""
    return DeliveryView(
        id=row.pk,
        delivery=reference.encode("WD", row.pk),
        kind=row.kind,
        state=row.state,
        events=[reference.encode("E", number) for number in row.events],
        created_at=row.created_at,
        attempts=row.attempts,
        status=row.last_status,
        error=row.last_error or None,
        last_attempt_at=row.last_attempt_at,
        next_attempt_at=row.not_before if row.state == DeliveryState.PENDING else None,
        gives_up_at=row.give_up_at,
        delivered_at=row.done_at if row.state == DeliveryState.DELIVERED else None,
    )


def _own(viewer: Viewer) -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(institution_id=viewer.institution_id, deleted_at=None)
