"""Daily quotas of an institution: lowered at once by one person, raised by two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members.models import Approval, User
from members.operations import approvals
from members.operations.custodian_state import announce
from members.operations.institutions import QUOTAS, check_quotas, quotas_of, required_reason
from members.operations.membership import lock, record
from members.permissions import Actor, Permission, check

RAISE = "quota-raise"
LABELS = {
    "evaluate_quota": _("evaluations a day"),
    "submit_quota": _("submitted rows a day"),
    "screen_quota": _("screened tokens a day"),
}


@transaction.atomic
def set_quotas(*, institution_id: int, reason: str, by: Actor, now: datetime, **quotas: int) -> Approval | None:
    """Change some of `QUOTAS`, in units per day.

    What lowers them takes effect at once, and None is returned. If any of them rises, nothing changes yet: the whole
    waits for a second person, and the proposal is returned.
    """
    check(by, Permission.QUOTA_PROPOSE)
    reason = required_reason(reason)
    check_quotas(quotas)
    institution = lock(institution_id)
    before = quotas_of(institution)
    after = {field: value for field, value in quotas.items() if value != before[field]}
    if not after:
        raise Refusal("field-invalid", gettext_noop("These are the quotas that it has."))
    if any(value > before[field] for field, value in after.items()):
        return approvals.propose(
            kind=RAISE,
            subject_ref=institution.ref,
            institution=institution,
            payload={"before": {field: before[field] for field in after}, "after": after},
            reason=reason,
            by=by,
            now=now,
        )
    _store(institution, after, by=by, now=now, reason=reason)
    return None


def _raise(approval: Approval, *, by: User, now: datetime) -> None:
    """Do what was approved, unless the quotas are no longer those that the proposal was made from."""
    if approval.institution_id is None:
        raise Refusal("not-found")
    institution = lock(approval.institution_id)
    before, after = approval.payload["before"], approval.payload["after"]
    if any(getattr(institution, field) != value for field, value in before.items()):
        raise Refusal("version-changed", gettext_noop("The quotas changed since this was proposed. Propose it again."))
    _store(institution, after, by=by, now=now, reason=approval.reason, approval=approval.ref)


def _store(institution: Any, after: dict[str, int], *, by: Actor, now: datetime, **detail: object) -> None:
    before = quotas_of(institution)
    for field, value in after.items():
        setattr(institution, field, value)
    institution.save(update_fields=list(after))
    record("institution.quotas.set", institution, by=by, before=before, after=quotas_of(institution), **detail)
    announce(institution, now=now)


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    before, after = approval.payload["before"], approval.payload["after"]
    return [(LABELS[field], f"{before[field]:,} → {after[field]:,}") for field in QUOTAS if field in after]


approvals.register(
    approvals.Kind(
        code=RAISE,
        zh="提高配额",
        en="Raise of quotas",
        propose=Permission.QUOTA_PROPOSE,
        decide=Permission.QUOTA_SET,
        describe=_describe,
        execute=_raise,
    )
)
