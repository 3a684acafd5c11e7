"""Keys at the desk: look, rotate, revoke. New keys are registered at the institution's page."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members import tasks
from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.forms import RotateForm
from members.admin.site import site
from members.models import Credential, User
from members.operations import credentials
from members.permissions import Permission


def _rotate(row: Credential, *, by: User, now: datetime, key_id: str, verifier: str, custodian_verifier: str) -> None:
    credentials.rotate(
        credential_id=row.pk, key_id=key_id, verifier=verifier, custodian_verifier=custodian_verifier, by=by, now=now
    )
    tasks.nudge()


def _revoke(row: Credential, *, by: User, now: datetime, reason: str) -> None:
    credentials.revoke(credential_id=row.pk, reason=reason, by=by, now=now)
    tasks.nudge()


def _is_not_revoked(row: Credential) -> bool:
    return row.revoked_at is None


@admin.register(Credential, site=site)
class CredentialAdmin(ReadOnlyAdmin):
    """Registered keys. Verifiers are not shown: nobody needs to see them."""

    list_display = ("key_id", "institution", "scopes", "expires_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("key_id", "institution__name")
    list_select_related = ("institution",)
    ordering = ("-id",)
    fields = (
        "institution", "key_id", "scopes", "cidrs", "created_at", "created_by", "not_before", "expires_at",
        "last_used_at", "revoked_at", "revoked_reason",
    )  # fmt: skip
    operations = (
        Operation(
            "rotate", _("Rotate"), _rotate, Permission.KEY_MANAGE,
            _("The new key is registered; the old one ends within seven days."),
            form=RotateForm, open_for=_is_not_revoked,
        ),
        Operation(
            "revoke", _("Revoke"), _revoke, Permission.KEY_MANAGE,
            _("The key is revoked."), form=ReasonForm, open_for=_is_not_revoked, hurts=True,
        ),
    )  # fmt: skip
