"""Approvals at the desk: what waits for a second person, what would be done, and deciding it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members import tasks
from members.admin.base import Operation, ReasonForm
from members.admin.columns import ReferenceAdmin, code_filter, ref, shown, table
from members.admin.site import site
from members.models import Approval, ApprovalState, User
from members.operations import approvals
from members.permissions import Permission, can

STATES = {
    ApprovalState.PROPOSED.value: _("waits for a second person"),
    ApprovalState.APPROVED.value: _("approved and done"),
    ApprovalState.RETURNED.value: _("returned"),
    ApprovalState.WITHDRAWN.value: _("taken back"),
    ApprovalState.EXPIRED.value: _("lapsed"),
}


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


class _Kinds(dict[str, Any]):
    """The kinds in the reader's language; packages may add some after this file was read."""

    def items(self) -> Any:
        return [(code, approvals.label(code, chinese=_chinese())) for code in approvals.KINDS]


@admin.display(description=_("kind"), ordering="kind")
def kind_of(row: Approval) -> str:
    """What it is, in words."""
    return approvals.label(row.kind, chinese=_chinese())


def _described(row: Approval) -> list[tuple[Any, Any]]:
    found = approvals.KINDS.get(row.kind)
    return list(found.describe(row)) if found is not None else []


@admin.display(description=_("what would be done"))
def what(row: Approval) -> str:
    """Each thing with its value."""
    return table((), _described(row))


def _approve(row: Any, *, by: User, now: datetime) -> None:
    approvals.approve(approval_id=row.pk, version=row.seen_version, by=by, now=now)
    tasks.nudge()


def _return(row: Any, *, by: User, now: datetime, reason: str) -> None:
    approvals.give_back(approval_id=row.pk, version=row.seen_version, reason=reason, by=by, now=now)


def _withdraw(row: Approval, *, by: User, now: datetime) -> None:
    approvals.withdraw(approval_id=row.pk, by=by, now=now)


def _waits(row: Approval) -> bool:
    return row.state == ApprovalState.PROPOSED


@admin.register(Approval, site=site)
class ApprovalAdmin(ReferenceAdmin):
    """Newest first."""

    kind = "AP"
    list_display = (
        ref("AP"),
        kind_of,
        what,
        shown("institution", _("institution")),
        shown("state", _("state"), labels=STATES),
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("expires_at", _("lapses at")),
    )
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("kind", _("kind"), labels=_Kinds()),
    )
    list_select_related = ("institution", "proposed_by")
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("reason", _("reason")),
        shown("edited_by", _("last changed by")),
        shown("edited_at", _("last changed at")),
        shown("decided_by", _("decided by")),
        shown("decided_at", _("decided at")),
        shown("decision_reason", _("reason of the decision")),
        shown("used_at", _("used at")),
    )
    operations = (
        Operation(
            "approve", _("Approve"), _approve, Permission.DESK_VIEW, _("Approved and done."), form=forms.Form,
            open_for=_waits,
        ),
        Operation(
            "return", _("Return"), _return, Permission.DESK_VIEW, _("The proposal is returned."), form=ReasonForm,
            open_for=_waits, hurts=True,
        ),
        Operation(
            "withdraw", _("Take back"), _withdraw, Permission.DESK_VIEW, _("The proposal is taken back."),
            open_for=_waits,
        ),
    )  # fmt: skip

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the proposal with the version that the person's page showed; a page without one is out of date."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            asked = request.GET.get("version", "")
            row.seen_version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
        return row

    def explain(self, row: Approval) -> str:
        """Show what would be done, and why: nobody decides by a reference alone."""
        return table((), [(_("kind"), kind_of(row)), *_described(row), (_("proposed by"), row.proposed_by),
                          (_("reason"), row.reason)])  # fmt: skip

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Offer whoever proposed or changed it to take it back, and everybody else whose role it is to decide."""
        if row is None or row.kind not in approvals.KINDS:
            return []
        own = request.user.pk in (row.proposed_by_id, row.edited_by_id)
        may = {"withdraw"} if own else {"approve", "return"}
        if not own and not can(request.user, approvals.KINDS[row.kind].decide):
            may = set()
        return [
            {**button, "url": f"{button['url']}?version={row.version}"}
            for button in super()._buttons(request, row)
            if button["url"].rstrip("/").rpartition("/")[2] in may
        ]
