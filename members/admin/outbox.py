"""Outgoing messages at the desk: what waits, and what was given up."""

from __future__ import annotations

from django.contrib import admin

from members.admin.base import ReadOnlyAdmin
from members.admin.site import site
from members.models import OutboxMessage


@admin.register(OutboxMessage, site=site)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Newest first; payloads stay closed."""

    list_display = ("id", "channel", "destination", "state", "attempts", "last_error", "created_at", "done_at")
    list_filter = ("state", "channel")
    ordering = ("-id",)
    fields = (
        "channel", "destination", "institution_id", "state", "attempts", "last_error", "created_at", "not_before",
        "done_at",
    )  # fmt: skip
