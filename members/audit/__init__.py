"""The audit trail: one event for every change, in the transaction of the change; and one for what was refused."""

from members.audit.log import record, record_each
from members.audit.refusals import is_told, known_reference, record_refused

__all__ = ["is_told", "known_reference", "record", "record_each", "record_refused"]
