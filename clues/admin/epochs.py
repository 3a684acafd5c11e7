"""Key epochs at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, ColumnsAdmin, code_filter, shown
from clues.blinding import rotation
from clues.models import KeyEpoch
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.models import Approval, User
from members.permissions import Permission

STATES = {
    KeyEpoch.ANNOUNCED: _("announced"),
    KeyEpoch.ACTIVE: _("in force"),
    KeyEpoch.OVERLAP: _("in force beside its successor"),
    KeyEpoch.RETIRED: _("retired"),
}


class RotationForm(ReasonForm):
    """What to do with which epoch, and why."""

    action = forms.ChoiceField(label=_("What to do"), choices=list(rotation.ACTIONS.items()))
    epoch = forms.IntegerField(label=_("Number of the epoch"), min_value=1, max_value=2**31 - 1)
    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("For an announcement: from then on members make their tokens in it."),
    )  # fmt: skip
    overlaps_until = forms.DateTimeField(
        label=_("The older one ends"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_("Two weeks later at least: until then both match, and members report again."),
    )  # fmt: skip
    field_order = ("action", "epoch", "opens_at", "overlaps_until", "reason")


def _propose(_row: None, *, by: User, now: datetime, **answers: Any) -> Approval:
    return rotation.propose(by=by, now=now, **answers)


@admin.register(KeyEpoch, site=site)
class KeyEpochAdmin(ColumnsAdmin):
    """One row for each identifier type and epoch."""

    list_display = (
        shown("type", _("type"), vocabulary=TYPES),
        shown("epoch", _("epoch")),
        shown("state", _("state"), labels=STATES),
        shown("suite", _("suite")),
        shown("pepper_id", _("pepper")),
        shown("not_before", _("from")),
        shown("not_after", _("until")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES), "epoch")
    search_fields = ("=type",)
    ordering = ("type", "-epoch")
    columns = list_display
    operations = (
        Operation(
            "rotate", _("Propose a rotation"), _propose, Permission.ROTATION_PROPOSE,
            _("Proposed. A second person has to approve it; then the directory is published anew."),
            form=RotationForm, on_list=True,
        ),
    )  # fmt: skip
