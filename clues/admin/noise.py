"""Noise lists at the desk: what is proposed, by whom, and a second person who decides. No token is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues import tasks
from clues.admin.columns import TYPES, ReferenceAdmin, code_filter, ref, shown
from clues.models import NoiseEntry
from clues.noise import decide, queries
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.models import User
from members.permissions import Permission
from members.templatetags.members import label

STATES = {
    NoiseEntry.PROPOSED: _("proposed"),
    NoiseEntry.IN_FORCE: _("in force"),
    NoiseEntry.REJECTED: _("rejected"),
    NoiseEntry.REMOVED: _("taken off"),
}
MODES = {"block": _("does not count"), "inform": _("counts, with a hint")}


def _lists() -> list[tuple[str, str]]:
    return [(code, f"{label(code, 'noise-lists')} ({waiting})") for code, waiting in queries.count_waiting().items()]


class ApproveListForm(forms.Form):
    """A list and how many proposals of others were seen there."""

    list_code = forms.ChoiceField(label=_("List"), choices=_lists)
    count = forms.IntegerField(
        label=_("Proposals seen"),
        min_value=1,
        help_text=_("How many proposals you looked at. With another number nothing is approved."),
    )


def _approve_all(_row: None, *, by: User, now: datetime, list_code: str, count: int) -> None:
    decide.approve_all(list_code=list_code, count=count, by=by, now=now)
    tasks.ring()


def _approve(row: NoiseEntry, *, by: User, now: datetime) -> None:
    decide.approve(entry_id=row.pk, by=by, now=now)
    tasks.ring()


def _reject(row: NoiseEntry, *, by: User, now: datetime, reason: str) -> None:
    decide.reject(entry_id=row.pk, reason=reason, by=by, now=now)


def _remove(row: NoiseEntry, *, by: User, now: datetime, reason: str) -> None:
    decide.remove(entry_id=row.pk, reason=reason, by=by, now=now)
    tasks.ring()


def _is_proposed(row: NoiseEntry) -> bool:
    return str(row.state) == NoiseEntry.PROPOSED


def _stands(row: NoiseEntry) -> bool:
    return row.state in decide.OPEN


@admin.register(NoiseEntry, site=site)
class NoiseEntryAdmin(ReferenceAdmin):
    """Newest first."""

    kind = "Q"
    list_display = (
        ref("Q"),
        shown("list", _("list"), vocabulary="noise-lists"),
        shown("mode", _("mode"), labels=MODES),
        shown("type", _("type"), vocabulary=TYPES),
        shown("epoch", _("epoch")),
        shown("institution", _("institution")),
        shown("state", _("state"), labels=STATES),
        shown("proposed_by_ref", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("decided_by", _("decided by")),
    )
    list_filter = (
        code_filter("list", _("list"), vocabulary="noise-lists"),
        code_filter("state", _("state"), labels=STATES),
        code_filter("mode", _("mode"), labels=MODES),
    )
    list_select_related = ("institution", "decided_by")
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("decided_at", _("decided at")),
        shown("removed_at", _("removed at")),
        shown("applied_at", _("acts as shown since")),
    )
    operations = (
        Operation(
            "approve-list", _("Approve a list's proposals"), _approve_all, Permission.NOISE_DECIDE,
            _("Approved. What was reported before is counted anew within seconds."), form=ApproveListForm, on_list=True,
        ),
        Operation(
            "approve", _("Approve"), _approve, Permission.NOISE_DECIDE,
            _("Approved. What was reported before is counted anew within seconds."), open_for=_is_proposed,
        ),
        Operation(
            "reject", _("Reject"), _reject, Permission.NOISE_DECIDE,
            _("The proposal is rejected."), form=ReasonForm, open_for=_is_proposed, hurts=True,
        ),
        Operation(
            "remove", _("Take off the list"), _remove, Permission.NOISE_DECIDE,
            _("Taken off. What was reported of it counts again within seconds."),
            form=ReasonForm, open_for=_stands, hurts=True,
        ),
    )  # fmt: skip

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Offer the proposer nothing to decide."""
        own = row is not None and row.state == NoiseEntry.PROPOSED and row.proposed_by_id == request.user.pk
        return [] if own else super()._buttons(request, row)
