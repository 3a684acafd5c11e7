"""The audit trail: one event for every change, in the transaction of the change; and one for what was refused."""

from members.audit.log import record
from members.audit.refusals import is_told

__all__ = ["is_told", "record"]
