"""Institutions at the desk: admission in steps, suspension, leaving, quotas, keys; and all that is known of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from members import tasks
from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.columns import code_filter, local, shown
from members.admin.forms import (
    AgreementForm,
    ApplyForm,
    InviteAdminForm,
    KeyForm,
    LeavingForm,
    NewQuotasForm,
    VettingForm,
)
from members.admin.site import site
from members.models import Approval, Institution, InstitutionGroup, InstitutionState, User
from members.operations import admission, credentials, departure, institutions, invitations, membership, quotas
from members.permissions import Permission

STATES = {
    InstitutionState.APPLIED.value: _("applied"),
    InstitutionState.VETTED.value: _("vetted"),
    InstitutionState.AGREED.value: _("agreement uploaded"),
    InstitutionState.DECLINED.value: _("declined"),
    InstitutionState.LIVE.value: _("live"),
    InstitutionState.SUSPENDED.value: _("suspended"),
    InstitutionState.LEFT.value: _("left"),
}

SECTOR = shown("sector", _("sector"), vocabulary="sectors")
PANELS: list[Callable[[Institution], Any]] = []
"""Sections of an institution's page, which packages add: each a column with a description."""


def _apply(_row: None, *, by: User, now: datetime, **answers: Any) -> Institution:
    return institutions.apply(by=by, now=now, **answers)


def _agree(row: Institution, *, by: User, now: datetime, file: Any) -> None:
    admission.upload_agreement(institution_id=row.pk, file_name=file.name, content=file.read(), by=by, now=now)


def _step(call: Callable[..., Any]) -> Callable[..., None]:
    """Make an operation of a call that takes the institution's number and the answers of the form."""

    def run(row: Institution, *, by: User, now: datetime, **answers: Any) -> None:
        call(institution_id=row.pk, by=by, now=now, **answers)
        tasks.nudge()

    return run


def _set_quotas(row: Institution, *, by: User, now: datetime, reason: str, **wanted: int) -> Approval | None:
    proposed = quotas.set_quotas(institution_id=row.pk, reason=reason, by=by, now=now, **wanted)
    tasks.nudge()
    return proposed


def _say_of_quotas(proposed: Approval | None) -> Any:
    return _("The quotas are changed.") if proposed is None else _("Proposed. A second person has to approve a raise.")


def _invite(row: Institution, *, by: User, now: datetime, full_name: str, email: str) -> None:
    # The desk never sees the link: it goes to the person alone.
    invitations.invite(institution_id=row.pk, role="member-admin", full_name=full_name, email=email, by=by, now=now)
    tasks.nudge()


def _open_to(action: str) -> Callable[[Institution], bool]:
    return lambda row: membership.is_open(row, action)


def _can_act(row: Institution) -> bool:
    return row.state == InstitutionState.LIVE and row.departed_at is None


@admin.display(description=_("state"), ordering="state")
def standing(row: Institution) -> str:
    """The state in words, and what is under way."""
    words = str(STATES.get(row.state, row.state))
    if row.state == InstitutionState.LEFT or row.leaving_at is None:
        return words
    if row.departed_at is not None:
        return str(_("departed; what it reported counts until it expires or is withdrawn"))
    return str(_("%(state)s, leaves on %(day)s")) % {"state": words, "day": local(row.leaving_at)[:10]}


class LeavingFilter(admin.SimpleListFilter):
    """Who is about to leave."""

    title = _("leaving")
    parameter_name = "leaving"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the one choice."""
        return [("announced", _("leaving announced"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return those whose leaving is announced and not over."""
        return leaving() if self.value() else queryset


def leaving() -> Any:
    """Return the institutions whose leaving is announced and not over."""
    return Institution.objects.filter(leaving_at__isnull=False, left_at__isnull=True)


@admin.register(Institution, site=site)
class InstitutionAdmin(ReadOnlyAdmin):
    """The alliance's members."""

    list_display = (
        "name", SECTOR, "group", standing, "reference", "created_at",
    )  # fmt: skip
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("sector", _("sector"), vocabulary="sectors"),
        LeavingFilter,
    )
    search_fields = ("name",)
    list_select_related = ("group",)
    ordering = ("name",)
    operations = (
        Operation(
            "apply", _("Apply for an institution"), _apply, Permission.INSTITUTION_APPLY,
            _("Stored. It has to be vetted next."), form=ApplyForm, on_list=True,
        ),
        Operation(
            "vet", _("Vet"), _step(admission.vet), Permission.INSTITUTION_VET,
            _("Vetted. Upload the signed agreement next."), form=VettingForm, open_for=_open_to("vet"),
        ),
        Operation(
            "agree", _("Upload the agreement"), _agree, Permission.INSTITUTION_VET,
            _("Stored. An alliance approver has to admit it."), form=AgreementForm, open_for=_open_to("agree"),
        ),
        Operation(
            "admit", _("Admit"), _step(admission.admit), Permission.INSTITUTION_ADMIT,
            _("The institution is live."), open_for=_open_to("admit"),
        ),
        Operation(
            "send-back", _("Send back to be vetted"), _step(admission.send_back), Permission.INSTITUTION_ADMIT,
            _("Sent back."), form=ReasonForm, open_for=_open_to("send-back"), hurts=True,
        ),
        Operation(
            "decline", _("Decline"), _step(admission.decline), Permission.INSTITUTION_ADMIT,
            _("The application is declined."), form=ReasonForm, open_for=_open_to("decline"), hurts=True,
        ),
        Operation(
            "suspend", _("Suspend"), _step(institutions.suspend), Permission.INSTITUTION_SUSPEND,
            _("The institution is suspended; its calls are refused from now on."),
            form=ReasonForm, open_for=_open_to("suspend"), hurts=True,
        ),
        Operation(
            "reinstate", _("Reinstate"), _step(institutions.reinstate), Permission.INSTITUTION_ADMIT,
            _("The institution is live again."), form=ReasonForm, open_for=_open_to("reinstate"),
        ),
        Operation(
            "quotas", _("Set quotas"), _set_quotas, Permission.QUOTA_PROPOSE,
            _say_of_quotas, form=NewQuotasForm, hurts=True, initial=institutions.quotas_of,
        ),
        Operation(
            "register-key", _("Register a key"), _step(credentials.register), Permission.KEY_MANAGE,
            _("The key is registered."), form=KeyForm, open_for=_can_act,
        ),
        Operation(
            "invite-admin", _("Invite an administrator"), _invite, Permission.TEAM_MANAGE,
            _("The invitation is on its way by e-mail."), form=InviteAdminForm, open_for=_can_act,
        ),
        Operation(
            "leave", _("Announce its leaving"), _step(departure.announce_leaving), Permission.INSTITUTION_SUSPEND,
            _("Announced. People and keys end on that day, and its clues follow as chosen."), form=LeavingForm,
            open_for=lambda row: membership.is_open(row, "announce-leaving") and row.departed_at is None, hurts=True,
        ),
        Operation(
            "stay", _("Take the leaving back"), _step(departure.stay), Permission.INSTITUTION_SUSPEND,
            _("Taken back; the institution stays."), form=ReasonForm,
            open_for=lambda row: row.leaving_at is not None and row.departed_at is None,
        ),
    )  # fmt: skip

    @admin.display(description=_("reference"))
    def reference(self, row: Institution) -> str:
        """The opaque public reference."""
        return row.ref

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who it is and how it stands, then a section for each panel."""
        about: Any = (
            "name", "reference", SECTOR, "group", standing, "uscc",
            "license_no", "default_basis", "created_at", "applied_by", "admitted_at", "admitted_by",
        )  # fmt: skip
        panels: Any = [(None, {"fields": (panel,), "classes": ("panel",)}) for panel in PANELS]
        return [(None, {"fields": about}), *panels]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return all of them."""
        return [field for _name, options in self.get_fieldsets(request, obj) for field in options["fields"]]

    def get_urls(self) -> list[Any]:
        """Add where an agreement is taken from."""
        view = self.admin_site.admin_view(self.agreement)
        return [path("agreement/<int:number>/", view, name="members_institution_agreement"), *super().get_urls()]

    def agreement(self, request: Any, number: int) -> HttpResponse:
        """Give an agreement away as a file that no browser opens by itself, with its event."""
        try:
            found = admission.read_agreement(agreement_id=number, by=request.user, now=timezone.now())
        except Refusal as refusal:
            if refusal.code != "conflict":
                raise Http404 from None
            messages.error(request, _now(refusal.detail))
            return redirect("admin:members_institution_changelist")
        headers = {
            "Content-Disposition": f'attachment; filename="{found.ref}.pdf"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "no-store",
        }
        return HttpResponse(bytes(found.content), content_type="application/pdf", headers=headers)


@admin.register(InstitutionGroup, site=site)
class InstitutionGroupAdmin(ReadOnlyAdmin):
    """Groups: institutions of one count once."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
