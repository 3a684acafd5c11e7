"""Which role may do what: one table. When something may be done is the business of the operation.

`check()` raises with a reason, `can()` answers yes or no for templates. Nobody bypasses the table;
there is no superuser. Whoever runs a management command already holds the machine: that is `Console`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Permission(StrEnum):
    """Everything a person can be allowed to do."""

    CLUE_VIEW = "clue.view"
    CLUE_SUBMIT = "clue.submit"
    CLUE_REVIEW = "clue.review"
    MATCH_VIEW = "match.view"
    MATCH_WORK = "match.work"
    SCREEN = "screen"
    CASE_VIEW = "case.view"
    CASE_WORK = "case.work"
    CASE_PROPOSE = "case.propose"
    CASE_DECIDE = "case.decide"
    EVIDENCE_OPEN = "evidence.open"
    REQUEST_VIEW = "request.view"
    REQUEST_SEND = "request.send"
    REQUEST_ANSWER = "request.answer"
    REQUEST_MEDIATE = "request.mediate"
    TEAM_MANAGE = "team.manage"
    KEY_MANAGE = "key.manage"
    AUDIT_VIEW = "audit.view"
    DESK_VIEW = "desk.view"
    INSTITUTION_APPLY = "institution.apply"
    INSTITUTION_VET = "institution.vet"
    INSTITUTION_ADMIT = "institution.admit"
    INSTITUTION_SUSPEND = "institution.suspend"
    SCREENING_DECIDE = "screening.decide"
    QUOTA_PROPOSE = "quota.propose"
    QUOTA_SET = "quota.set"
    EXPORT_DECIDE = "export.decide"
    ROTATION_PROPOSE = "rotation.propose"
    ROTATION_DECIDE = "rotation.decide"
    BATCH_DECIDE = "batch.decide"
    RING_REVIEW = "ring.review"
    RING_DECIDE = "ring.decide"
    DISPUTE_DECIDE = "dispute.decide"
    CONTENT_WORK = "content.work"
    LAWFUL_USE_PROPOSE = "lawful-use.propose"
    LAWFUL_USE_SIGN = "lawful-use.sign"
    NOISE_PROPOSE = "noise.propose"
    NOISE_DECIDE = "noise.decide"
    GRADE_CERTIFY = "grade.certify"
    PROCEDURE_RECORD = "procedure.record"
    GUIDANCE_PROPOSE = "guidance.propose"
    GUIDANCE_SIGN = "guidance.sign"
    CAMPAIGN_WORK = "campaign.work"
    FEED_DECIDE = "feed.decide"
    OFFICIAL_WORK = "official.work"
    OFFICIAL_DECIDE = "official.decide"


_MEMBER_READS = frozenset({Permission.CLUE_VIEW, Permission.MATCH_VIEW, Permission.CASE_VIEW, Permission.REQUEST_VIEW})
_CORRESPONDS = frozenset({Permission.REQUEST_SEND, Permission.REQUEST_ANSWER})
_DESK_READS = frozenset({Permission.DESK_VIEW, Permission.CASE_VIEW, Permission.AUDIT_VIEW})

ROLE_PERMISSIONS: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {
        "submitter": frozenset({Permission.CLUE_VIEW, Permission.CLUE_SUBMIT}),
        "analyst": _MEMBER_READS
        | _CORRESPONDS
        | {
            Permission.CLUE_SUBMIT,
            Permission.CLUE_REVIEW,
            Permission.MATCH_WORK,
            Permission.SCREEN,
            Permission.CASE_WORK,
            Permission.CASE_PROPOSE,
            Permission.EVIDENCE_OPEN,
        },
        "approver": _MEMBER_READS
        | _CORRESPONDS
        | {
            Permission.CLUE_REVIEW,
            Permission.MATCH_WORK,
            Permission.SCREEN,
            Permission.CASE_DECIDE,
            Permission.EVIDENCE_OPEN,
        },
        "member-admin": _MEMBER_READS | {Permission.MATCH_WORK, Permission.TEAM_MANAGE, Permission.KEY_MANAGE},
        "auditor": _MEMBER_READS | {Permission.AUDIT_VIEW},
        "alliance-operator": _DESK_READS
        | {
            Permission.INSTITUTION_APPLY,
            Permission.INSTITUTION_VET,
            Permission.INSTITUTION_SUSPEND,
            Permission.TEAM_MANAGE,
            Permission.KEY_MANAGE,
            Permission.CASE_PROPOSE,
            Permission.EVIDENCE_OPEN,
            Permission.RING_REVIEW,
            Permission.DISPUTE_DECIDE,
            Permission.BATCH_DECIDE,
            Permission.REQUEST_MEDIATE,
            Permission.CONTENT_WORK,
            Permission.LAWFUL_USE_PROPOSE,
            Permission.NOISE_PROPOSE,
            Permission.QUOTA_PROPOSE,
            Permission.ROTATION_PROPOSE,
            Permission.PROCEDURE_RECORD,
            Permission.GUIDANCE_PROPOSE,
            Permission.CAMPAIGN_WORK,
            Permission.OFFICIAL_WORK,
        },
        "alliance-approver": _DESK_READS
        | {
            Permission.INSTITUTION_ADMIT,
            Permission.INSTITUTION_SUSPEND,
            Permission.QUOTA_PROPOSE,
            Permission.QUOTA_SET,
            Permission.SCREENING_DECIDE,
            Permission.EXPORT_DECIDE,
            Permission.ROTATION_PROPOSE,
            Permission.ROTATION_DECIDE,
            Permission.CASE_DECIDE,
            Permission.EVIDENCE_OPEN,
            Permission.RING_REVIEW,
            Permission.RING_DECIDE,
            Permission.DISPUTE_DECIDE,
            Permission.BATCH_DECIDE,
            Permission.REQUEST_MEDIATE,
            Permission.CONTENT_WORK,
            Permission.LAWFUL_USE_SIGN,
            Permission.NOISE_DECIDE,
            Permission.GRADE_CERTIFY,
            Permission.PROCEDURE_RECORD,
            Permission.GUIDANCE_SIGN,
            Permission.FEED_DECIDE,
            Permission.CAMPAIGN_WORK,
            Permission.OFFICIAL_DECIDE,
        },
    }
)
"""Role code -> what it may do. A role that is not in the table may do nothing."""

SCOPE_PERMISSIONS: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {
        "evaluate": frozenset(),  # at a custodian, never here
        # Opening evidence takes CASE_VIEW as well, hence a key that reads and writes.
        "submit": frozenset(
            {Permission.CLUE_VIEW, Permission.CLUE_SUBMIT, Permission.CASE_WORK, Permission.EVIDENCE_OPEN}
        ),
        "read": _MEMBER_READS,
        "screen": _CORRESPONDS | {Permission.SCREEN},  # asking others, and answering them
        "keys": frozenset({Permission.KEY_MANAGE}),
        "audit": frozenset({Permission.AUDIT_VIEW}),
    }
)
"""Scope of a key -> what whoever calls with it may do."""

ROLE_SCOPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "submitter": ("submit",),
        "analyst": ("submit", "read", "screen"),
        "approver": ("read", "screen"),
        "member-admin": ("read", "keys"),
        "auditor": ("read", "audit"),
    }
)
"""Role -> the scopes with which the portal's scripts call the API in the person's name."""

ROLE_LABELS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "submitter": _("Submitter"),
        "analyst": _("Analyst"),
        "approver": _("Approver"),
        "member-admin": _("Member administrator"),
        "auditor": _("Auditor"),
        "alliance-operator": _("Alliance operator"),
        "alliance-approver": _("Alliance approver"),
    }
)


ROLE_LINES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "submitter": _("Reports clues and sees the own institution's."),
        "analyst": _("Reports, screens and watches, works on matches, proposes cases."),
        "approver": _("The second pair of eyes: reviews grades and decides on cases."),
        "member-admin": _("Sees to people, keys and webhooks; reports and screens nothing."),
        "auditor": _("Looks on and reads the audit trail; changes nothing."),
    }
)
"""Role of a member's person -> what it is for, in one line."""


class Actor(Protocol):
    """Whoever does something: a `User`, a `Console`, a `Job`, or the caller of the API."""

    @property
    def audit_kind(self) -> str:
        """`user`, `key`, `command` or `job`."""

    @property
    def audit_ref(self) -> str:
        """Who exactly, without personal data."""


class Viewer(Protocol):
    """Whose eyes a read is for: the caller of the API, or a person of a member institution."""

    @property
    def institution_id(self) -> int:
        """The institution whose rows may be seen."""

    @property
    def group_id(self) -> int:
        """Its independence group: what the group reported is not news to it."""


@dataclass(frozen=True, slots=True)
class Console:
    """The person at the machine who runs the named management command."""

    name: str
    audit_kind: str = "command"

    @property
    def audit_ref(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Job:
    """A background job of this name. It has no permissions; what it does is nobody's decision."""

    name: str
    audit_kind: str = "job"

    @property
    def audit_ref(self) -> str:
        return self.name


class PermissionMissing(Refusal):
    """The role of this person does not include the permission."""

    def __init__(self) -> None:
        super().__init__("permission-missing", gettext_noop("Your role does not include this. Ask your administrator."))


def can(actor: object, permission: Permission) -> bool:
    """Whether the actor's role, or a scope of its key, includes the permission. Inactive people may do nothing."""
    if isinstance(actor, Console):
        return True
    if not getattr(actor, "is_active", False):
        return False
    if any(permission in SCOPE_PERMISSIONS.get(scope, ()) for scope in getattr(actor, "scopes", ())):
        return True
    return permission in ROLE_PERMISSIONS.get(getattr(actor, "role", ""), frozenset())


def check(actor: object, permission: Permission) -> None:
    """Raise PermissionMissing unless `can()`."""
    if not can(actor, permission):
        raise PermissionMissing
