"""Webhooks at the desk: whose work, whose do not, and what was given up. Secrets stay closed; of an address the host shows.

An address can hold a password of the member's own in its path.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.columns import code_filter, shown
from members.admin.site import site
from members.models import DeliveryState, EndpointState, User, WebhookDelivery, WebhookEndpoint
from members.operations import webhooks
from members.permissions import Permission


def _replay(row: WebhookDelivery, *, by: User, now: datetime, reason: str) -> None:
    webhooks.replay_for(delivery_id=row.pk, reason=reason, by=by, now=now)


def _has_ended(row: WebhookDelivery) -> bool:
    return row.state != DeliveryState.PENDING and row.endpoint.deleted_at is None


ENDPOINT_STATES = {EndpointState.ENABLED.value: _("on"), EndpointState.DISABLED.value: _("turned off")}
DELIVERY_STATES = {
    DeliveryState.PENDING.value: _("waits"),
    DeliveryState.DELIVERED.value: _("delivered"),
    DeliveryState.DEAD.value: _("given up"),
    DeliveryState.BLOCKED.value: _("blocked: not a public address"),
}
ENDPOINT_STATE = shown("state", _("state"), labels=ENDPOINT_STATES)
DELIVERY_STATE = shown("state", _("state"), labels=DELIVERY_STATES)
PAUSED_UNTIL = shown("open_until", _("paused until"))


@admin.register(WebhookEndpoint, site=site)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = (
        "__str__", "institution", "host", ENDPOINT_STATE, "failures", PAUSED_UNTIL, "last_success_at", "last_failure_at",
    )  # fmt: skip
    list_filter = (
        code_filter("state", _("state"), labels=ENDPOINT_STATES),
        ("open_until", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("institution__name",)
    list_select_related = ("institution",)
    ordering = ("-id",)
    fields = (
        "institution", "host", "kinds", "description", ENDPOINT_STATE, "created_at", "deleted_at", "failures", PAUSED_UNTIL,
        "last_success_at", "last_failure_at",
    )  # fmt: skip
    readonly_fields = ("host", ENDPOINT_STATE, PAUSED_UNTIL)

    @admin.display(description=_("host"))
    def host(self, row: WebhookEndpoint) -> str:
        return urlsplit(row.url).hostname or ""


@admin.register(WebhookDelivery, site=site)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Newest first; a message that ended can be sent again."""

    list_display = (
        "__str__", "endpoint", "institution", "kind", DELIVERY_STATE, "attempts", "last_status", "last_error", "created_at",
        "done_at",
    )  # fmt: skip
    list_filter = (code_filter("state", _("state"), labels=DELIVERY_STATES),)
    list_select_related = ("endpoint__institution",)
    ordering = ("-id",)
    fields = (
        "endpoint", "institution", "kind", DELIVERY_STATE, "attempts", "last_status", "last_error", "created_at",
        "last_attempt_at", "not_before", "give_up_at", "done_at",
    )  # fmt: skip
    readonly_fields = ("institution", DELIVERY_STATE)
    operations = (
        Operation(
            "replay", _("Send again"), _replay, Permission.KEY_MANAGE,
            _("The message will be sent again."), form=ReasonForm, open_for=_has_ended,
        ),
    )  # fmt: skip

    @admin.display(description=_("institution"))
    def institution(self, row: WebhookDelivery) -> str:
        return str(row.endpoint.institution)
