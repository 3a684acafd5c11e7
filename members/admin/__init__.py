"""The desk: the alliance's stock Django admin, read-only but for actions that call operations."""

from members.admin import audit, credentials, institutions, lockouts, outbox, users, waiting, webhooks

__all__ = ["audit", "credentials", "institutions", "lockouts", "outbox", "users", "waiting", "webhooks"]
