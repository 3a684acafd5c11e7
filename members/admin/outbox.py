"""Outgoing messages at the desk: what waits, and what was given up."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.admin.base import ReadOnlyAdmin
from members.admin.columns import code_filter, shown
from members.admin.site import site
from members.models import OutboxMessage, OutboxState

STATES = {
    OutboxState.PENDING.value: _("waits"),
    OutboxState.DONE.value: _("delivered"),
    OutboxState.DEAD.value: _("given up"),
}
CHANNELS = {
    "custodian": _("key custodian"),
    "email": _("e-mail"),
    "invitation": _("invitation"),
    "notice": _("notice"),
}
STATE = shown("state", _("state"), labels=STATES)
CHANNEL = shown("channel", _("channel"), labels=CHANNELS)


@admin.register(OutboxMessage, site=site)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """Newest first; payloads stay closed."""

    list_display = ("id", CHANNEL, "destination", STATE, "attempts", "last_error", "created_at", "done_at")
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("channel", _("channel"), labels=CHANNELS),
    )
    ordering = ("-id",)
    fields = (
        CHANNEL, "destination", "institution_id", STATE, "attempts", "last_error", "created_at", "not_before",
        "done_at",
    )  # fmt: skip
    readonly_fields = (CHANNEL, STATE)
