"""The audit trail: one event for every change, in the transaction of the change."""

from members.audit.log import record

__all__ = ["record"]
