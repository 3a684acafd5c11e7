"""People at the desk: make an account, change its role, shut it, open it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.columns import code_filter, shown
from members.admin.forms import RoleForm, UserForm
from members.admin.site import site
from members.models import User
from members.operations import factors, users
from members.permissions import ROLE_LABELS, Permission


def _create(_row: None, *, by: User, now: datetime, **answers: Any) -> User:
    return users.create_user(by=by, now=now, **answers)


def _set_role(row: User, *, by: User, now: datetime, role: str, reason: str) -> None:
    users.set_role(user_id=row.pk, role=role, reason=reason, by=by, now=now)


def _deactivate(row: User, *, by: User, now: datetime, reason: str) -> None:
    users.deactivate(user_id=row.pk, reason=reason, by=by, now=now)


def _reactivate(row: User, *, by: User, now: datetime, reason: str) -> None:
    users.reactivate(user_id=row.pk, reason=reason, by=by, now=now)


def _reset_factors(row: User, *, by: User, now: datetime, reason: str) -> None:
    factors.reset_factors(user_id=row.pk, reason=reason, by=by, now=now)


ROLE = shown("role", _("role"), labels=ROLE_LABELS)


@admin.register(User, site=site)
class UserAdmin(ReadOnlyAdmin):
    """Accounts of members' staff and of the alliance's own."""

    list_display = ("username", "full_name", ROLE, shown("institution", _("institution")), "is_active", "last_login")
    list_filter = (code_filter("role", _("role"), labels=ROLE_LABELS), "is_active")
    search_fields = ("username", "full_name")
    list_select_related = ("institution",)
    ordering = ("username",)
    fields = ("username", "full_name", "email", ROLE, "institution", "is_active", "created_at", "last_login")
    readonly_fields = (ROLE,)
    operations = (
        Operation(
            "create", _("Create an account"), _create, Permission.TEAM_MANAGE,
            _("The account is made."), form=UserForm, on_list=True,
        ),
        Operation(
            "role", _("Change the role"), _set_role, Permission.TEAM_MANAGE,
            _("The role is changed."), form=RoleForm, hurts=True,
        ),
        Operation(
            "deactivate", _("Deactivate"), _deactivate, Permission.TEAM_MANAGE,
            _("The account is shut."), form=ReasonForm, open_for=lambda row: row.is_active, hurts=True,
        ),
        Operation(
            "reactivate", _("Reactivate"), _reactivate, Permission.TEAM_MANAGE,
            _("The account is open again."), form=ReasonForm, open_for=lambda row: not row.is_active,
        ),
        Operation(
            "reset-factors", _("Reset second factors"), _reset_factors, Permission.TEAM_MANAGE,
            _("The second factors are reset; the next login adds a new one."), form=ReasonForm,
            open_for=factors.has_factor, hurts=True,
        ),
    )  # fmt: skip
