"""The tables of `members`, one file each; rules live in `members.operations`."""

from members.models.approval import Approval, ApprovalState
from members.models.audit_event import AuditEvent
from members.models.audit_log import (
    AuditCheckpoint,
    AuditHome,
    AuditLeaf,
    AuditLogKey,
    AuditPending,
    AuditTile,
    AuditWitness,
)
from members.models.context_key import ContextKey
from members.models.credential import Credential
from members.models.institution import Institution, InstitutionState
from members.models.institution_agreement import InstitutionAgreement
from members.models.institution_group import InstitutionGroup
from members.models.invitation import Invitation
from members.models.notification import MailMode, NotificationPreference, NotificationSetting, WaitingMail
from members.models.outbox_message import OutboxMessage, OutboxState
from members.models.stored_answer import StoredAnswer
from members.models.user_account import ALLIANCE_ROLES, MEMBER_ROLES, User
from members.models.webhook import DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ALLIANCE_ROLES",
    "MEMBER_ROLES",
    "Approval",
    "ApprovalState",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditHome",
    "AuditLeaf",
    "AuditLogKey",
    "AuditPending",
    "AuditTile",
    "AuditWitness",
    "ContextKey",
    "Credential",
    "DeliveryState",
    "EndpointState",
    "Institution",
    "InstitutionAgreement",
    "InstitutionGroup",
    "InstitutionState",
    "Invitation",
    "MailMode",
    "NotificationPreference",
    "NotificationSetting",
    "OutboxMessage",
    "OutboxState",
    "StoredAnswer",
    "User",
    "WaitingMail",
    "WebhookDelivery",
    "WebhookEndpoint",
]
