"""The tables of `members`, one file each; rules live in `members.operations`."""

from members.models.audit_event import AuditEvent
from members.models.credential import Credential
from members.models.institution import Institution, InstitutionState
from members.models.institution_group import InstitutionGroup
from members.models.outbox_message import OutboxMessage, OutboxState
from members.models.user_account import ALLIANCE_ROLES, MEMBER_ROLES, User

__all__ = [
    "ALLIANCE_ROLES",
    "MEMBER_ROLES",
    "AuditEvent",
    "Credential",
    "Institution",
    "InstitutionGroup",
    "InstitutionState",
    "OutboxMessage",
    "OutboxState",
    "User",
]
