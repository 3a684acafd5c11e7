"""The desk: the alliance's stock Django admin, read-only but for actions that call operations."""

from members.admin import (
    approvals,
    audit,
    credentials,
    institution_panels,
    institutions,
    lockouts,
    outbox,
    users,
    waiting,
    webhooks,
)

__all__ = [
    "approvals",
    "audit",
    "credentials",
    "institution_panels",
    "institutions",
    "lockouts",
    "outbox",
    "users",
    "waiting",
    "webhooks",
]
