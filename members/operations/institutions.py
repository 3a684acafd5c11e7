"""Apply, suspend, reinstate, and what every operation on institutions needs. Admission is `members.operations.admission`."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import sectors
from aif_share.wire import limits
from members.models import Institution, InstitutionGroup, InstitutionState, User
from members.operations import sessions
from members.operations.custodian_state import announce
from members.operations.membership import begin, record
from members.permissions import Actor, Permission, check

QUOTAS = ("evaluate_quota", "submit_quota", "screen_quota")
MAX_NAME = 200
MAX_REASON = 500


@transaction.atomic
def apply(
    *,
    name: str,
    sector: str,
    by: Actor,
    now: datetime,
    group: str | None = None,
    evaluate_quota: int = limits.DEFAULT_EVALUATE_QUOTA,
    submit_quota: int = limits.DEFAULT_SUBMIT_QUOTA,
    screen_quota: int = limits.DEFAULT_SCREEN_QUOTA,
) -> Institution:
    """Store an application; it can do nothing until another person admits it.

    `group` is the name of a corporate group, made if it is new; without one the institution is its own group.
    """
    check(by, Permission.INSTITUTION_APPLY)
    institution = _store(
        name=name,
        sector=sector,
        group=group,
        quotas={"evaluate_quota": evaluate_quota, "submit_quota": submit_quota, "screen_quota": screen_quota},
        by=by,
        now=now,
    )
    record("institution.apply", institution, by=by, sector=sector, **quotas_of(institution))
    return institution


@transaction.atomic
def create_institution(
    *,
    name: str,
    sector: str,
    by: Actor,
    now: datetime,
    group: str | None = None,
    evaluate_quota: int = limits.DEFAULT_EVALUATE_QUOTA,
    submit_quota: int = limits.DEFAULT_SUBMIT_QUOTA,
    screen_quota: int = limits.DEFAULT_SCREEN_QUOTA,
) -> Institution:
    """Store an institution that is live at once, without a second person: for the embedded stack only."""
    check(by, Permission.INSTITUTION_APPLY)
    check(by, Permission.INSTITUTION_ADMIT)
    institution = _store(
        name=name,
        sector=sector,
        group=group,
        quotas={"evaluate_quota": evaluate_quota, "submit_quota": submit_quota, "screen_quota": screen_quota},
        by=by,
        now=now,
    )
    institution.state = InstitutionState.LIVE.value
    institution.admitted_at = now
    institution.save(update_fields=["state", "admitted_at"])
    record("institution.create", institution, by=by, sector=sector, **quotas_of(institution))
    announce(institution, now=now)
    return institution


@transaction.atomic
def suspend(*, institution_id: int, reason: str, by: User, now: datetime) -> Institution:
    """Stop an institution: every call is refused from now on, its people's sessions end, and the custodian is told."""
    institution = begin(institution_id=institution_id, action="suspend", by=by)
    reason = required_reason(reason)
    institution.suspended_at = now
    institution.suspended_by = by
    institution.suspended_reason = reason
    institution.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    sessions.end_all_of(institution.pk)
    record("institution.suspend", institution, by=by, reason=reason)
    announce(institution, now=now)
    return institution


@transaction.atomic
def reinstate(*, institution_id: int, reason: str, by: User, now: datetime) -> Institution:
    """Let a suspended institution work again; only an approver can."""
    institution = begin(institution_id=institution_id, action="reinstate", by=by)
    reason = required_reason(reason)
    institution.suspended_at = None
    institution.suspended_by = None
    institution.suspended_reason = ""
    institution.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    record("institution.reinstate", institution, by=by, reason=reason)
    announce(institution, now=now)
    return institution


def required_reason(reason: str) -> str:
    """Return the trimmed reason, or refuse an empty or overlong one."""
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON:
        raise Refusal("field-invalid", gettext_noop("Give a reason of at most 500 characters."), field="reason")
    return reason


def _store(
    *, name: str, sector: str, group: str | None, quotas: dict[str, int], by: Actor, now: datetime
) -> Institution:
    name = _clean_name(name, field="name")
    if sector not in sectors.BY_CODE:
        raise Refusal("sector-unknown", gettext_noop("The sector is not in the vocabulary."), field="sector")
    check_quotas(quotas)
    group_name = name if group is None else _clean_name(group, field="group")
    group_row, _made = InstitutionGroup.objects.get_or_create(name=group_name)
    try:
        with transaction.atomic():
            return Institution.objects.create(
                name=name,
                sector=sector,
                group=group_row,
                created_at=now,
                applied_by=by if isinstance(by, User) else None,
                **quotas,
            )
    except IntegrityError as error:
        if "institution_name" not in str(error):
            raise
        raise Refusal(
            "name-taken", gettext_noop("An institution of this name is already registered."), field="name"
        ) from None


def _clean_name(name: str, *, field: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise Refusal("field-invalid", gettext_noop("A name has 1 to 200 printable characters."), field=field)
    return name


def check_quotas(quotas: dict[str, int]) -> None:
    """Raise Refusal `field-invalid` for a quota that is no number of units."""
    for field, value in quotas.items():
        if field not in QUOTAS:
            raise TypeError(f"{field} is not a quota")
        if not 0 <= value < 2**63:
            raise Refusal("field-invalid", gettext_noop("A quota is a number of units a day, 0 or more."), field=field)


def quotas_of(institution: Institution) -> dict[str, int]:
    """Return the daily quotas by name."""
    return {field: getattr(institution, field) for field in QUOTAS}
