"""Webhooks at the desk: whose work, whose do not, and what was given up. Secrets stay closed; of an address the host shows.

An address can hold a password of the member's own in its path.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.site import site
from members.models import DeliveryState, User, WebhookDelivery, WebhookEndpoint
from members.operations import webhooks
from members.permissions import Permission


def _replay(row: WebhookDelivery, *, by: User, now: datetime, reason: str) -> None:
    webhooks.replay_for(delivery_id=row.pk, reason=reason, by=by, now=now)


def _has_ended(row: WebhookDelivery) -> bool:
    return row.state != DeliveryState.PENDING and row.endpoint.deleted_at is None


@admin.register(WebhookEndpoint, site=site)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = (
        "__str__", "institution", "host", "state", "failures", "open_until", "last_success_at", "last_failure_at",
    )  # fmt: skip
    list_filter = ("state", ("open_until", admin.EmptyFieldListFilter), ("deleted_at", admin.EmptyFieldListFilter))
    search_fields = ("institution__name",)
    list_select_related = ("institution",)
    ordering = ("-id",)
    fields = (
        "institution", "host", "kinds", "description", "state", "created_at", "deleted_at", "failures", "open_until",
        "last_success_at", "last_failure_at",
    )  # fmt: skip
    readonly_fields = ("host",)

    @admin.display(description=_("host"))
    def host(self, row: WebhookEndpoint) -> str:
        return urlsplit(row.url).hostname or ""


@admin.register(WebhookDelivery, site=site)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Newest first; a message that ended can be sent again."""

    list_display = (
        "__str__", "endpoint", "institution", "kind", "state", "attempts", "last_status", "last_error", "created_at",
        "done_at",
    )  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("endpoint__institution",)
    ordering = ("-id",)
    fields = (
        "endpoint", "institution", "kind", "state", "attempts", "last_status", "last_error", "created_at",
        "last_attempt_at", "not_before", "give_up_at", "done_at",
    )  # fmt: skip
    readonly_fields = ("institution",)
    operations = (
        Operation(
            "replay", _("Send again"), _replay, Permission.KEY_MANAGE,
            _("The message will be sent again."), form=ReasonForm, open_for=_has_ended,
        ),
    )  # fmt: skip

    @admin.display(description=_("institution"))
    def institution(self, row: WebhookDelivery) -> str:
        return str(row.endpoint.institution)
