"""Reads of the audit trail."""

from __future__ import annotations

from members.models import AuditEvent, User
from members.permissions import Permission, check


def list_events(*, viewer: User, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
    """Return the newest events first: a member's auditor sees the own institution's, the alliance all.

    `before` is the number of the last event already seen.
    """
    check(viewer, Permission.AUDIT_VIEW)
    events = AuditEvent.objects.order_by("-id")
    if not viewer.is_alliance:
        events = events.filter(institution_id=viewer.institution_id)
    if before is not None:
        events = events.filter(id__lt=before)
    return list(events[:limit])
