"""Lock-outs at the desk: whose passwords and second factors were wrong, how often, from where; letting them in again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.site import site
from members.models import User
from members.operations import lockouts
from members.permissions import Permission


def _lift(row: AccessAttempt, *, by: User, now: datetime, reason: str) -> None:
    lockouts.lift(attempt_id=row.pk, reason=reason, by=by, now=now)


@admin.register(AccessAttempt, site=site)
class LockoutAdmin(ReadOnlyAdmin):
    """Failed logins. Ten in a quarter of an hour lock; a right login, or fifteen minutes, clears them."""

    list_display = ("username", "ip_address", "failures_since_start", "attempt_time", "locked")
    list_filter = ("attempt_time",)
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)
    fields = ("username", "ip_address", "user_agent", "path_info", "failures_since_start", "attempt_time", "locked")
    readonly_fields = ("locked",)
    operations = (
        Operation(
            "lift", _("Lift the lock"), _lift, Permission.TEAM_MANAGE,
            _("Lifted. The person may try again at once."), form=ReasonForm,
        ),
    )  # fmt: skip

    @admin.display(description=_("locked"), boolean=True)
    def locked(self, row: AccessAttempt) -> Any:
        """Whether this row alone keeps somebody out now."""
        recent = timezone.now() - row.attempt_time < settings.AXES_COOLOFF_TIME
        return recent and row.failures_since_start >= settings.AXES_FAILURE_LIMIT
