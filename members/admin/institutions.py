"""Institutions at the desk: apply, admit, suspend, reinstate, quotas, keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members import tasks
from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.forms import ApplyForm, InviteAdminForm, KeyForm, NewQuotasForm
from members.admin.site import site
from members.models import Approval, Institution, InstitutionGroup, InstitutionState, User
from members.operations import credentials, institutions, invitations, quotas
from members.permissions import Permission


def _apply(_row: None, *, by: User, now: datetime, **answers: Any) -> Institution:
    return institutions.apply(by=by, now=now, **answers)


def _admit(row: Institution, *, by: User, now: datetime) -> None:
    institutions.admit(institution_id=row.pk, by=by, now=now)
    tasks.nudge()


def _suspend(row: Institution, *, by: User, now: datetime, reason: str) -> None:
    institutions.suspend(institution_id=row.pk, reason=reason, by=by, now=now)
    tasks.nudge()


def _reinstate(row: Institution, *, by: User, now: datetime, reason: str) -> None:
    institutions.reinstate(institution_id=row.pk, reason=reason, by=by, now=now)
    tasks.nudge()


def _set_quotas(row: Institution, *, by: User, now: datetime, reason: str, **wanted: int) -> Approval | None:
    proposed = quotas.set_quotas(institution_id=row.pk, reason=reason, by=by, now=now, **wanted)
    tasks.nudge()
    return proposed


def _say_of_quotas(proposed: Approval | None) -> Any:
    return _("The quotas are changed.") if proposed is None else _("Proposed. A second person has to approve a raise.")


def _register_key(row: Institution, *, by: User, now: datetime, **answers: Any) -> None:
    credentials.register(institution_id=row.pk, by=by, now=now, **answers)
    tasks.nudge()


def _invite(row: Institution, *, by: User, now: datetime, full_name: str, email: str) -> None:
    # The desk never sees the link: it goes to the person alone.
    invitations.invite(institution_id=row.pk, role="member-admin", full_name=full_name, email=email, by=by, now=now)
    tasks.nudge()


def _is(*states: InstitutionState) -> Any:
    return lambda row: row.state in states


@admin.register(Institution, site=site)
class InstitutionAdmin(ReadOnlyAdmin):
    """The alliance's members."""

    list_display = ("name", "sector", "group", "state", "reference", "created_at")
    list_filter = ("state", "sector")
    search_fields = ("name",)
    list_select_related = ("group",)
    ordering = ("name",)
    fields = (
        "name", "reference", "sector", "group", "state", "evaluate_quota", "submit_quota", "screen_quota",
        "default_basis", "created_at", "applied_by", "admitted_at", "admitted_by", "suspended_at", "suspended_by",
        "suspended_reason", "custodian_version",
    )  # fmt: skip
    readonly_fields = ("reference",)
    operations = (
        Operation(
            "apply", _("Apply for an institution"), _apply, Permission.INSTITUTION_APPLY,
            _("Stored. An alliance approver has to admit it."), form=ApplyForm, on_list=True,
        ),
        Operation(
            "admit", _("Admit"), _admit, Permission.INSTITUTION_ADMIT,
            _("The institution is live."), open_for=_is(InstitutionState.APPLIED),
        ),
        Operation(
            "suspend", _("Suspend"), _suspend, Permission.INSTITUTION_SUSPEND,
            _("The institution is suspended; its calls are refused from now on."),
            form=ReasonForm, open_for=_is(InstitutionState.LIVE), hurts=True,
        ),
        Operation(
            "reinstate", _("Reinstate"), _reinstate, Permission.INSTITUTION_ADMIT,
            _("The institution is live again."), form=ReasonForm, open_for=_is(InstitutionState.SUSPENDED),
        ),
        Operation(
            "quotas", _("Set quotas"), _set_quotas, Permission.QUOTA_PROPOSE,
            _say_of_quotas, form=NewQuotasForm, hurts=True, initial=institutions.quotas_of,
        ),
        Operation(
            "register-key", _("Register a key"), _register_key, Permission.KEY_MANAGE,
            _("The key is registered."), form=KeyForm, open_for=_is(InstitutionState.LIVE),
        ),
        Operation(
            "invite-admin", _("Invite an administrator"), _invite, Permission.TEAM_MANAGE,
            _("The invitation is on its way by e-mail."), form=InviteAdminForm, open_for=_is(InstitutionState.LIVE),
        ),
    )  # fmt: skip

    @admin.display(description=_("reference"))
    def reference(self, row: Institution) -> str:
        """The opaque public reference."""
        return row.ref


@admin.register(InstitutionGroup, site=site)
class InstitutionGroupAdmin(ReadOnlyAdmin):
    """Groups: institutions of one count once."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
