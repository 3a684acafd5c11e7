"""Fishing at the desk: suspensions of screening that wait for two people, and honey tokens, of which none is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, ReferenceAdmin, code_filter, ref, shown, table, word
from clues.admin.looked import LookedAtAdmin
from clues.fishing import honey, review
from clues.fishing.standing import TERMS
from clues.models import HoneyToken, ScreeningSuspension
from members.admin.base import Operation, ReasonForm, reason_field
from members.admin.site import site
from members.models import Approval, User
from members.permissions import Permission

STATES = {
    ScreeningSuspension.PENDING: _("waits for two people"),
    ScreeningSuspension.RELEASED: _("screening is open again"),
    ScreeningSuspension.CONFIRMED: _("confirmed until a day"),
}
CAUSES = {
    ScreeningSuspension.DETECTOR: _("questions that look like fishing"),
    ScreeningSuspension.HONEY_TOKEN: _("a honey token was asked about"),
}
LABELS = {
    "hit-rate": _("hits as rare as in a customer list"),
    "case-numbers": _("too many questions for one case number, or none given"),
    "nights": _("questions at night"),
    "volume": _("far more than on a usual day"),
}


@admin.display(description=_("why"))
def why(row: ScreeningSuspension) -> str:
    """The terms with their points, and what they were counted from."""
    rows: list[tuple[Any, Any]] = [(LABELS[term], row.terms[term]) for term in TERMS if term in row.terms]
    if row.terms:
        rows += [
            (_("points in all, of the threshold"), f"{row.terms['points']} / {row.terms['threshold']}"),
            (_("tokens"), row.terms["tokens"]),
            (_("hits"), row.terms["hits"]),
        ]
    if "askers" in row.terms:
        rows.append((_("people and keys whose points were added up"), row.terms["askers"]))
    return table((), rows) if rows else str(_("The identity was made up: nobody has cause to ask about it."))


@admin.display(description=_("purpose"), ordering="purpose")
def purpose(row: ScreeningSuspension) -> str:
    """What it was asked for; the detector also judges purposes, and askers, together."""
    return word(row.purpose, "purposes") if row.purpose else str(_("several purposes or askers together"))


class ConfirmForm(forms.Form):
    """For how long, and why."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=review.MOST_DAYS, initial=30)
    reason = reason_field(_("The institution reads it. No names of customers, no identifiers."))


class ReleaseForm(forms.Form):
    """Why the questions were in order."""

    reason = reason_field(_("The institution reads it. No names of customers, no identifiers."))


def _release(row: ScreeningSuspension, *, by: User, now: datetime, reason: str) -> Approval:
    return review.propose_release(suspension_id=row.pk, reason=reason, by=by, now=now)


def _confirm(row: ScreeningSuspension, *, by: User, now: datetime, days: int, reason: str) -> Approval:
    return review.propose_confirmation(suspension_id=row.pk, days=days, reason=reason, by=by, now=now)


def _withdraw(row: HoneyToken, *, by: User, now: datetime, reason: str) -> None:
    honey.withdraw(honey_id=row.pk, reason=reason, by=by, now=now)


def _waits(row: ScreeningSuspension) -> bool:
    return str(row.state) == ScreeningSuspension.PENDING


def _is_planted(row: HoneyToken) -> bool:
    return row.withdrawn_at is None


@admin.register(ScreeningSuspension, site=site)
class ScreeningSuspensionAdmin(LookedAtAdmin):
    """Newest first."""

    kind = "SS"
    list_display = (
        ref("SS"),
        shown("institution", _("institution")),
        shown("cause", _("cause"), labels=CAUSES),
        purpose,
        shown("begun_at", _("suspended at")),
        shown("state", _("state"), labels=STATES),
    )
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("cause", _("cause"), labels=CAUSES),
    )
    list_select_related = ("institution", "proposed_by", "decided_by")
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("asker", _("who asked")),
        why,
        shown("until", _("until")),
        shown("proposed_by", _("proposed by")),
        shown("decided_by", _("decided by")),
        shown("decided_at", _("decided at")),
        shown("reason", _("reason")),
    )
    operations = (
        Operation(
            "release", _("Propose to release screening"), _release, Permission.INSTITUTION_SUSPEND,
            _("Proposed. A second person decides on the page of approvals."), form=ReleaseForm, open_for=_waits,
        ),
        Operation(
            "confirm", _("Propose to confirm the suspension"), _confirm, Permission.INSTITUTION_SUSPEND,
            _("Proposed. A second person decides on the page of approvals."), form=ConfirmForm, open_for=_waits, hurts=True,
        ),
    )  # fmt: skip


@admin.register(HoneyToken, site=site)
class HoneyTokenAdmin(ReferenceAdmin):
    """Newest first. They are planted with `manage.py plant_honey`; what they are is shown to nobody."""

    kind = "HT"
    list_display = (
        ref("HT"),
        shown("type", _("type"), vocabulary=TYPES),
        shown("epoch", _("epoch")),
        shown("planted_by", _("planted by")),
        shown("planted_at", _("planted at")),
        shown("met", _("met")),
        shown("met_at", _("last met at")),
        shown("withdrawn_at", _("taken out at")),
    )
    list_select_related = ("planted_by",)
    ordering = ("-id",)
    columns = list_display
    operations = (
        Operation(
            "withdraw", _("Take the honey token out"), _withdraw, Permission.INSTITUTION_SUSPEND,
            _("Taken out. Who asks about it is not suspended any more."), form=ReasonForm, open_for=_is_planted, hurts=True,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoneyToken]:
        """Leave the token out: the desk's role cannot read the column."""
        return super().get_queryset(request).defer("token")
